"""The one address of this layer: the gallery of its components."""

from django.urls import path

from .gallery import Gallery

urlpatterns = [path("gallery/", Gallery.as_view(), name="gallery")]

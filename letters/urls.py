"""Addresses of the outbox."""

from django.urls import path

from . import views

urlpatterns = [
    path("outbox/", views.OutboxList.as_view(), name="outbox"),
    path("outbox/<int:pk>/resend/", views.MessageResend.as_view(), name="message-resend"),
    path("outbox/<int:pk>/leave/", views.MessageLeave.as_view(), name="message-leave"),
]

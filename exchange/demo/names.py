"""Invented names: managed people are rocks and minerals, staff are birds."""

MINERALS: tuple[str, ...] = tuple(
    """
    Agate Alabaster Albite Almandine Amazonite Amber Amethyst Andesite Anhydrite Anorthite Anthracite Antimony
    Apatite Aquamarine Aragonite Argillite Augite Azurite Barytes Basalt Bauxite Beryl Biotite Bismuth Bluejohn
    Bornite Breccia Calcite Carnelian Cassiterite Celestine Chalcedony Chalk Chert Chlorite Chromite Cinnabar
    Citrine Clunch Cobalt Corundum Crocoite Cuprite Dacite Diopside Diorite Dolerite Dolomite Dunite Emery
    Epidote Erythrite Feldspar Flint Fluorspar Gabbro Galena Garnet Gneiss Goethite Granite Graphite Greensand
    Gritstone Gypsum Halite Hematite Hornblende Hornfels Howlite Idocrase Ilmenite Iolite Ironstone Jadeite
    Jasper Jet Kaolin Kunzite Kyanite Labradorite Lapis Lazurite Lepidolite Lignite Limestone Limonite Loess
    Magnetite Malachite Marble Marcasite Marl Meerschaum Mica Migmatite Millstone Monzonite Mudstone Muscovite
    Mylonite Natrolite Nepheline Norite Obsidian Ochre Olivine Onyx Oolite Opal Orthoclase Peridot Perlite
    Phyllite Pumice Pyrite Pyroxene Quartz Quartzite Ragstone Realgar Rhyolite Rutile Sandstone Sard Schist
    Selenite Serpentine Shale Siderite Siltstone Slate Smithsonite Sodalite Spar Sphalerite Sphene Spinel
    Staurolite Stibnite Syenite Talc Tektite Tephra Titanite Tonalite Topaz Tourmaline Trachyte Travertine
    Tremolite Tufa Tuff Turquoise Vesuvianite Vivianite Whinstone Witherite Wolframite Wulfenite Zeolite Zircon
    Zoisite
    """.split()  # noqa: SIM905 - a list of names reads better as text
)

# Spelt as clerks misspell them: to try the search.
SOUND_ALIKES: tuple[str, ...] = ("Galina", "Gallena", "Shayle", "Maule", "Tuffer")

MEN: tuple[str, ...] = tuple(
    """
    Adam Ahmed Aidan Aled Andrei Anthony Arjun Barry Bogdan Brian Callum Carl Cedric Ciaran Clive Courtney Craig
    Dafydd Damian Daniel Darren Declan Delroy Dewi Dominik Eamon Edward Emlyn Errol Farhan Florin Gareth Gary
    Geraint Graham Grzegorz Gurdeep Harjit Hassan Hywel Ian Imran Ionut Jakub Jamal James Jason Jermaine John
    Kamil Karim Keith Kevin Leroy Liam Lloyd Luke Marcin Mark Martin Michael Mihai Mohammed Neil Niall Oisin
    Omar Owain Padraig Patryk Paul Peter Piotr Rafal Rajesh Rashid Rhodri Robert Rohan Ryan Samir Sean Sergiu
    Shane Simon Stefan Steven Tariq Thomas Tomasz Trevor Vasile Vikram Wayne William Winston Yusuf Zbigniew
    """.split()  # noqa: SIM905 - a list of names reads better as text
)

WOMEN: tuple[str, ...] = tuple(
    """
    Agnieszka Aisha Angela Anna Bronwen Caitlin Carol Ceri Chantelle Deborah Elena Fatima Gwen Ioana Joanna
    Karen Katarzyna Leila Lisa Maire Marcia Monika Nasreen Orla Patricia Priti Rebecca Rhian Roisin Sabrina
    Shanice Siobhan Sunita Tamara Tracey Yasmin Zofia
    """.split()  # noqa: SIM905 - a list of names reads better as text
)

STREETS: tuple[str, ...] = (
    "Toadstone Terrace",
    "Limestone Way",
    "Gritstone Edge",
    "Millstone Lane",
    "Bluejohn Close",
    "Tufa Rise",
    "Quarry Row",
    "Fluorspar Road",
    "Galena Gardens",
    "Shale Street",
)

# Contacts of agencies who do not sign in in the demonstration: birds too, none of them in the list of staff.
CONTACT_SURNAMES: tuple[str, ...] = tuple(
    """
    Bullfinch Chaffinch Chiffchaff Cormorant Dipper Dotterel Fulmar Gannet Garganey Goldcrest Goldfinch Greenfinch
    Guillemot Hawfinch Jackdaw Kittiwake Magpie Mallard Moorhen Nuthatch Ouzel Petrel Pintail Pochard Razorbill
    Sanderling Scoter Serin Shearwater Shelduck Shoveler Skylark Smew Sparrow Starling Stint Swallow Teal
    Thrush Treecreeper Turnstone Twite Whinchat Whitethroat Wigeon Woodcock
    """.split()  # noqa: SIM905 - a list of names reads better as text
)
CONTACT_GIVEN_NAMES: tuple[str, ...] = (
    "Amina", "Beth", "Colm", "Dai", "Esther", "Femi", "Grace", "Hamza", "Iwan", "Jaya", "Kofi", "Lena", "Marek",
)  # fmt: skip

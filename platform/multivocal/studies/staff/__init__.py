"""Pages for people who make and watch studies, inside the admin; one module per page."""

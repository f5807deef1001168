"""The pages as a WSGI application; asgi.py runs it on threads of the same process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
application = get_wsgi_application()

"""The pages as a WSGI application; asgi.py runs it on threads of the same process."""

import os

from django.core.wsgi import get_wsgi_application

from multivocal.checks import refuse_production_defaults

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multivocal.settings")
refuse_production_defaults()
application = get_wsgi_application()

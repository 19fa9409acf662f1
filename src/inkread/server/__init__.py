"""The web API: Flask in front of the ``Reader``, gunicorn in front of Flask.

``inkread.server.app.create_app`` makes the application, ``inkread.server.run.serve`` serves it.
Needs the extra: ``pip install 'inkread[server]'``.
"""

"""A project with no more than the command needs."""

SECRET_KEY = "k" * 50
INSTALLED_APPS = ["session_merge.django"]
SESSION_ENGINE = "session_merge.django.file"

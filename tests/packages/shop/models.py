"""One model."""

from django.db import models


class Product(models.Model):
    """Something to put into a cart."""

    name = models.CharField(max_length=20)

    def get_price(self, item: object) -> int:
        """Return what one of it costs, as dj-shop-cart asks."""
        return 10

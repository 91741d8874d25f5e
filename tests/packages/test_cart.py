"""Carts of dj-shop-cart, of django-carton, and as tutorials write them."""

from racing import MERGING, STOCK, Races
from shop.models import Product

USED = {"use": ["cart"]}


class Cart:
    """What each kind of cart must do; ``quantities()`` says by product what is in it."""

    def setUp(self):
        self.apple, self.pear = (Product.objects.create(name=name).pk for name in ("apple", "pear"))

    def do(self, action, pk=None):
        pk = self.apple if pk is None else pk
        self.assertEqual(self.browser.get(f"/{self.pages}/{action}/{pk}").status_code, 200)

    def added_at_once(self):
        """Return the cart with an apple, to which two add one more each, and one adds a pear."""
        self.do("add")
        self.at_once(lambda: self.do("add"), lambda: self.do("add"))
        self.at_once(lambda: self.do("add", self.pear), lambda: self.do("add"))
        return self.quantities()

    def test_added_at_once(self):
        with self.on(STOCK):
            self.assertEqual(self.added_at_once(), {self.apple: 3})
        with self.on(MERGING, **USED):
            self.assertEqual(self.added_at_once(), {self.apple: 4, self.pear: 1})

    def test_first_added_at_once(self):
        with self.on(MERGING, **USED):
            self.browser.get("/messages/add?text=hello")
            self.at_once(lambda: self.do("add"), lambda: self.do("add"))
            self.assertEqual(self.quantities(), {self.apple: 2})

    def emptied_while_added(self):
        self.do("add")
        self.at_once(lambda: self.do("add", self.pear), lambda: self.do("empty"))
        return self.quantities()

    def test_emptied_while_added(self):
        with self.on(STOCK):
            self.assertEqual(self.emptied_while_added(), {})
        with self.on(MERGING, **USED):
            self.assertEqual(self.emptied_while_added(), {self.pear: 1})

    def test_removed_while_more_is_added_is_removed(self):
        with self.on(MERGING, **USED):
            self.do("add")
            self.at_once(lambda: self.do("remove"), lambda: self.do("add"))
            self.assertEqual(self.quantities(), {})


class ShopCart(Cart, Races):
    pages = "shop-cart"

    def quantities(self):
        items = self.stored().get("CART-ID", {}).get("default", {}).get("items", [])
        return {int(item["product_pk"]): item["quantity"] for item in items}


class Carton(Cart, Races):
    pages = "carton"

    def quantities(self):
        items = self.stored().get("CART", {})
        return {item["product_pk"]: item["quantity"] for item in items.values()}


class PlainCart(Cart, Races):
    pages = "cart"

    def quantities(self):
        items = self.stored().get("cart", {})
        return {int(pk): item["quantity"] for pk, item in items.items()}

    def test_a_site_that_sets_quantities_says_so(self):
        rules = {"/cart/*/quantity": "mine"}
        with self.on(MERGING, use=["cart"], rules=rules):
            self.do("add")
            self.at_once(lambda: self.do("add"), lambda: self.do("add"))
            self.assertEqual(self.quantities(), {self.apple: 2})

"""django-formtools: two steps of a wizard at once, and one step twice."""

from racing import MERGING, STOCK, Races

USED = {"use": ["formtools"]}
OLD = {"street": "Elm", "city": "Oslo"}


class Wizards(Races):
    def post(self, step, **fields):
        data = {f"{step}-{name}": value for name, value in fields.items()}
        return self.browser.post("/order", {"order-current_step": step, **data})

    def begin(self):
        self.browser.get("/order")
        self.post("address", **OLD)

    def two_steps_at_once(self):
        """Return what is ordered if a step is sent again while the next one is sent."""
        self.begin()
        self.at_once(
            lambda: self.post("address", street="Oak", city="Oslo"),
            lambda: self.post("contact", mail="a@example.com"),
        )
        return self.post("payment", card="5").json()

    def test_two_steps_at_once(self):
        both = {"street": "Oak", "city": "Oslo", "mail": "a@example.com", "card": "5"}
        with self.on(STOCK):
            self.assertEqual(self.two_steps_at_once(), {**both, "street": "Elm"})
        with self.on(MERGING, **USED):
            self.assertEqual(self.two_steps_at_once(), both)

    def one_step_twice(self):
        """Return what is kept of a step that two tabs change at once, each another field."""
        self.begin()
        self.at_once(
            lambda: self.post("address", street="Oak", city="Oslo"),
            lambda: self.post("address", street="Elm", city="Rome"),
        )
        step = self.stored()["wizard_order"]["step_data"]["address"]
        return step["address-street"][0], step["address-city"][0]

    def test_one_step_twice_is_what_one_of_them_sent(self):
        with self.on(MERGING, **USED):
            self.assertEqual(self.one_step_twice(), ("Elm", "Rome"))
        with self.on(MERGING):  # an address that nobody has entered
            self.assertEqual(self.one_step_twice(), ("Oak", "Rome"))

"""The site's own pages: each does what the package's documentation shows, and no more."""

from authlib.integrations.django_client import OAuth
from carton.cart import Cart as Carton
from dj_shop_cart.cart import get_cart
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from formtools.wizard.views import SessionWizardView
from shop.models import Product

oauth = OAuth()
oauth.register("hub")


def welcome(request: HttpRequest) -> HttpResponse:
    """Where logins lead to."""
    return HttpResponse(request.user.get_username())


def add_message(request: HttpRequest) -> HttpResponse:
    """Add a message."""
    messages.info(request, request.GET["text"])
    return HttpResponse()


def show_messages(request: HttpRequest) -> JsonResponse:
    """Show all messages, which takes them out of the session."""
    return JsonResponse([str(message) for message in messages.get_messages(request)], safe=False)


def authlib_begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    return oauth.hub.authorize_redirect(request, "http://testserver/authlib/end")


def authlib_end(request: HttpRequest) -> HttpResponse:
    """Finish the login that the browser comes back from."""
    token = oauth.hub.authorize_access_token(request)
    return JsonResponse(oauth.hub.get("user", token=token).json())


class Address(forms.Form):
    """The first step."""

    street = forms.CharField()
    city = forms.CharField()


class Contact(forms.Form):
    """The second step."""

    mail = forms.EmailField()


class Payment(forms.Form):
    """The last step."""

    card = forms.CharField()


class Order(SessionWizardView):
    """A wizard of three steps, whose data are in the session under ``wizard_order``."""

    form_list = (("address", Address), ("contact", Contact), ("payment", Payment))
    template_name = "order.html"

    def done(self, form_list, **kwargs):
        """Tell what was ordered."""
        return JsonResponse(self.get_all_cleaned_data())


def shop_cart(request: HttpRequest, action: str, pk: int) -> HttpResponse:
    """Change a cart of dj-shop-cart."""
    cart = get_cart(request)
    product = Product.objects.get(pk=pk)
    if action == "add":
        cart.add(product)
    elif action == "remove":
        cart.remove(cart.find_one(product=product).id)
    else:
        cart.empty()
    return HttpResponse()


def carton(request: HttpRequest, action: str, pk: int) -> HttpResponse:
    """Change a cart of django-carton."""
    cart = Carton(request.session)
    product = Product.objects.get(pk=pk)
    if action == "add":
        cart.add(product, price="9.99")
    elif action == "remove":
        cart.remove(product)
    else:
        cart.clear()
    return HttpResponse()


def plain_cart(request: HttpRequest, action: str, pk: int) -> HttpResponse:
    """Change a cart as tutorials write it, by hand."""
    cart = request.session.setdefault("cart", {})
    if action == "add":
        item = cart.setdefault(str(pk), {"quantity": 0, "price": "9.99"})
        item["quantity"] += 1
        request.session.modified = True
    elif action == "remove":
        del cart[str(pk)]
        request.session.modified = True
    else:
        del request.session["cart"]
    return HttpResponse()

"""All pages."""

import views
from django.urls import include, path
from two_factor.urls import urlpatterns as two_factor

urlpatterns = [
    path("welcome", views.welcome),
    path("login", views.welcome),
    path("messages/add", views.add_message),
    path("messages/show", views.show_messages),
    path("authlib/begin", views.authlib_begin),
    path("authlib/end", views.authlib_end),
    path("order", views.Order.as_view()),
    path("shop-cart/<action>/<int:pk>", views.shop_cart),
    path("carton/<action>/<int:pk>", views.carton),
    path("cart/<action>/<int:pk>", views.plain_cart),
    path("allauth/", include("allauth.urls")),
    path("social/", include("social_django.urls", namespace="social")),
    path("", include(two_factor)),
]

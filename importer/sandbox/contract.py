"""What may stand in the bodies of V2: each object's fields, which of them only the store writes, and their kinds.

Source: V2 reference, schemas `order_Post`, `order_Put`, `orderCatalogProduct_Post`, `orderCustomProduct_Post`,
`orderFees_Post`, `billingAddress_Base`, `shippingAddress_Base`, `pickupConsignment_Post`, `orderShipment_Post`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One writable field. `limit`: the longest text, 0 for none."""

    kind: str
    limit: int = 0
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object: the fields that may be written, and those that the store alone writes."""

    name: str
    fields: dict[str, Field]
    read_only: frozenset[str] = frozenset()
    inner: dict[str, Shape] = field(default_factory=dict)


def _text(names: str, limit: int = 65_535) -> dict[str, Field]:
    return {name: Field("text", limit) for name in names.split()}


def _of(kind: str, names: str) -> dict[str, Field]:
    return {name: Field(kind) for name in names.split()}


FORM_FIELD = Shape("form_fields", {"name": Field("text"), "value": Field("form_value", nullable=True)})

BILLING = Shape(
    "billing_address",
    _text("first_name last_name company street_1 street_2 city state zip country country_iso2 phone email", 255)
    | _of("list", "form_fields"),
    inner={"form_fields": FORM_FIELD},
)

SHIPPING = Shape(
    "shipping_address",
    BILLING.fields | _text("shipping_method", 255),
    frozenset(
        """id order_id items_total items_shipped base_cost cost_ex_tax cost_inc_tax cost_tax cost_tax_class_id
        base_handling_cost handling_cost_ex_tax handling_cost_inc_tax handling_cost_tax handling_cost_tax_class_id
        shipping_zone_id shipping_zone_name shipping_quotes""".split()
    ),
    {"form_fields": FORM_FIELD},
)

OPTION = Shape(
    "product_options",
    {"id": Field("integer"), "value": Field("text")}
    | _text(
        "display_name display_name_customer display_name_merchant "
        "display_value display_value_customer display_value_merchant"
    ),
    frozenset(["option_id", "order_product_id", "product_option_id", "type", "name", "display_style"]),
)

_LINE_READ_ONLY = frozenset(
    """id order_id order_pickup_method_id order_address_id type base_price price_tax base_total total_ex_tax
    total_inc_tax total_tax base_cost_price cost_price_inc_tax cost_price_ex_tax cost_price_tax weight width height
    depth is_refunded quantity_refunded refund_amount return_id base_wrapping_cost wrapping_cost_tax quantity_shipped
    event_name event_date fixed_shipping_cost ebay_item_id ebay_transaction_id option_set_id parent_order_product_id
    is_bundled_product bin_picking_number external_id brand applied_discounts configurable_fields gift_certificate_id
    discounted_total_inc_tax fulfillment_source""".split()
)

_NAMES = {"name": Field("name", 250), "name_customer": Field("name", 250), "name_merchant": Field("name", 250)}
_PRICES = _NAMES | {"quantity": Field("integer")} | _of("money", "price_ex_tax price_inc_tax") | _text("upc", 255)

CUSTOM_LINE = Shape("products", _PRICES | _text("sku", 255), _LINE_READ_ONLY)

CATALOG_LINE = Shape(
    "products",
    _PRICES
    | _of("integer", "product_id variant_id wrapping_id")
    | _of("money", "wrapping_cost_ex_tax wrapping_cost_inc_tax")
    | _text("wrapping_name wrapping_message")
    | _of("list", "product_options"),
    _LINE_READ_ONLY | {"sku"},
    {"product_options": OPTION},
)

FEE = Shape(
    "fees",
    {"type": Field("fee_type"), "tax_class_id": Field("integer", nullable=True)}
    | _text("display_name_customer display_name_merchant source", 255)
    | _of("money", "cost_ex_tax cost_inc_tax cost_tax"),
    frozenset(["id", "base_cost"]),
)

LOCATION = Shape(
    "location",
    _text("name address_line_1 address_line_2 city state email", 255)
    | _text("code postal_code", 50)
    | _text("country_alpha2", 2)
    | _text("phone", 125),
    frozenset(["id"]),
)

PICKUP = Shape(
    "pickups",
    {"pickup_method_id": Field("integer"), "location": Field("object"), "line_items": Field("list")}
    | _text("pickup_method_display_name collection_time_description", 250)
    | _text("collection_instructions"),
    frozenset(["id"]),
    {"location": LOCATION},
)

CONSIGNMENTS = Shape("consignments", {"pickups": Field("list")}, inner={"pickups": PICKUP})

_ORDER_MONEY = """base_handling_cost base_shipping_cost base_wrapping_cost discount_amount handling_cost_ex_tax
    handling_cost_inc_tax refunded_amount shipping_cost_ex_tax shipping_cost_inc_tax subtotal_ex_tax subtotal_inc_tax
    total_ex_tax total_inc_tax wrapping_cost_ex_tax wrapping_cost_inc_tax"""

_READ_ONLY = frozenset(
    """id date_modified date_shipped cart_id status subtotal_tax shipping_cost_tax shipping_cost_tax_class_id
    handling_cost_tax handling_cost_tax_class_id wrapping_cost_tax wrapping_cost_tax_class_id payment_status
    store_credit_amount gift_certificate_amount currency_id currency_code currency_exchange_rate default_currency_id
    store_default_currency_code store_default_to_transactional_exchange_rate coupon_discount shipping_address_count
    is_deleted total_tax is_tax_inclusive_pricing is_email_opt_in order_source coupons external_id tax_provider_id
    items_total credit_card_type""".split()
)

ORDER = Shape(
    "order",
    _of("money", _ORDER_MONEY)
    | _of("integer", "channel_id customer_id status_id items_shipped")
    | _of("object", "billing_address consignments")
    | _of("list", "products shipping_addresses fees")
    | _of("boolean", "order_is_digital")
    | _text("customer_message staff_notes payment_method geoip_country geoip_country_iso2 ebay_order_id")
    | {
        "external_merchant_id": Field("text", 255, nullable=True),
        "external_order_id": Field("text", 255, nullable=True),
        "external_source": Field("text", 255, nullable=True),
        "payment_provider_id": Field("text_or_number"),
        "date_created": Field("date"),
        "customer_locale": Field("locale"),
        "default_currency_code": Field("currency"),
        "ip_address": Field("ip_v4", 30),
        "ip_address_v6": Field("ip_v6", 39),
    },
    _READ_ONLY,
    {
        "billing_address": BILLING,
        "consignments": CONSIGNMENTS,
        "shipping_addresses": SHIPPING,
        "fees": FEE,
    },
)


def _with_id(shape: Shape, **inner: Shape) -> Shape:
    fields = shape.fields | {"id": Field("integer")}
    return Shape(shape.name, fields, shape.read_only - {"id"}, shape.inner | inner)


CUSTOM_LINE_PUT = _with_id(CUSTOM_LINE)
CATALOG_LINE_PUT = _with_id(CATALOG_LINE)
ORDER_PUT = Shape(
    "order",
    {name: one for name, one in ORDER.fields.items() if name not in ("external_merchant_id", "default_currency_code")}
    | _of("boolean", "is_deleted"),
    (_READ_ONLY - {"is_deleted"}) | {"external_merchant_id", "default_currency_code"},
    ORDER.inner
    | {
        "shipping_addresses": _with_id(SHIPPING),
        "fees": _with_id(FEE),
        "consignments": Shape("consignments", CONSIGNMENTS.fields, inner={"pickups": _with_id(PICKUP)}),
    },
)

SHIPMENT = Shape(
    "shipment",
    {
        "order_address_id": Field("integer"),
        "tracking_number": Field("text", 50),
        "tracking_link": Field("text", 500),
        "merchant_shipping_cost": Field("money"),
        "shipping_provider": Field("provider"),
        "items": Field("list"),
    }
    | _text("shipping_method tracking_carrier comments"),
    frozenset(
        """id order_id date_created customer_id billing_address shipping_address generated_tracking_link
        shipping_provider_display_name""".split()
    ),
    {
        "items": Shape(
            "items",
            _of("integer", "order_product_id quantity"),
            frozenset(["product_id"]),
        )
    },
)

SHIPMENT_PUT = Shape(
    "shipment",
    {name: one for name, one in SHIPMENT.fields.items() if name != "items"},
    SHIPMENT.read_only | {"items"},
)

"""A mapping that uses every key of the language, for the tests of the tools."""

EVERY_KEY = """\
mapping: every-key
title: Every key of the language

source:
  format: json
  records: [orders]
  detect: [number]
  order: number
  lines: items
  parent: __parentId
  rename: {Old: New}
  optional: [Sometimes]
  clean: [trim]
  blank: ["", "-"]
  dates: {format: ["%d.%m.%Y"], zone: Europe/Berlin}
  encoding: cp1252
  delimiter: ";"
  quoting: false
  footer: the end
  adjacent: false
  items: {order: number, detect: [item], rename: {Item: item}, called: items.json}

money:
  currency: EUR
  lines:
    unit: {amount: "{{ line.price }}", ex: "{{ line.ex }}", inc: "{{ line.inc }}", tax: "{{ line.unit_tax }}"}
    quantity: "{{ line.quantity }}"
    tax: "{{ line.tax }}"
    taxable: "{{ line.taxable }}"
  discount: "{{ order.discount }}"
  shipping: {ex: "{{ order.shipping }}", tax: "{{ order.shipping_tax }}"}
  handling: "{{ order.handling }}"
  wrapping: "{{ order.wrapping }}"
  fees:
    each: {fee: "{{ order.fees }}"}
    when: "{{ fee.paid }}"
    name: "{{ fee.name }}"
    amount: "{{ fee.total }}"
    ex: "{{ fee.ex }}"
    inc: "{{ fee.inc }}"
    tax: "{{ fee.tax }}"
  paid_otherwise:
    - {name: card, amount: "{{ order.card }}", ex: "{{ order.ex }}", inc: "{{ order.inc }}", tax: "{{ order.gst }}"}
  tax: "{{ order.tax }}"
  subtotal: "{{ order.subtotal }}"
  total: "{{ order.total }}"
  refunded: "{{ order.refunded }}"
  tax_mode: exclusive
  on_unbalanced: trust-total
  tolerance: 0.02
  multi_currency: true

skip:
  - {when: "{{ order.draft }}", because: a draft}
refuse:
  - {when: "{{ order.broken }}", because: broken}

let:
  town: {value: "{{ order.town }}", otherwise: Ghent, as: town-guessed}
tables:
  status: {paid: 10}

parts:
  address: {city: "{{ side.city or town }}"}

body:
  external_order_id: "{{ order.number }}"
  status_id: "{{ order.status | table('status') }}"
  billing_address:
    part: address
    side: "{{ order.billing }}"
    when_empty: {city: nowhere}
    as: no-billing
  shipping_addresses: {each: {parcel: "{{ order.parcels }}"}, when: "{{ parcel.sent }}", city: "{{ parcel.city }}"}
  products: {each: line, when: "{{ line.sold }}", name: "{{ line.name }}"}

after:
  shipments:
    each: {box: "{{ order.boxes }}"}
    when: "{{ box.gone }}"
    shipped: "{{ box.gone | date }}"
    tracking_number: "{{ box.number }}"
    shipping_provider: "{{ box.provider }}"
    tracking_carrier: "{{ box.carrier }}"
    tracking_link: "{{ box.link }}"
    shipping_method: "{{ box.service }}"
    comments: "{{ box.note }}"
    items:
      each: {item: "{{ box.items }}"}
      when: "{{ item.there }}"
      sku: "{{ item.sku }}"
      name: "{{ item.name }}"
      quantity: "{{ item.quantity }}"
  metafields:
    - namespace: old
      key: coupon
      value: "{{ order.coupon }}"
      description: what was typed in
      permission_set: app_only

budget: {town-guessed: 1%}
ignore: {rating: another system's}
"""

"""Words that shops of other languages have in the headers of their exports, in the English of `roles`."""

from __future__ import annotations

import unicodedata

_ENGLISH = {
    "order": "bestellung bestelling auftrag commande pedido ordine",
    "order number": "bestellnummer bestellnr bestelnummer bestelnr ordernummer ordernr auftragsnummer auftragsnr",
    "number": "nummer nr numero",
    "date": "datum fecha data",
    "order date": "bestelldatum besteldatum orderdatum auftragsdatum",
    "status": "statut estado stato",
    "order status": "bestellstatus bestelstatus orderstatus auftragsstatus",
    "payment status": "zahlungsstatus betaalstatus",
    "payment method": "zahlungsart zahlungsmethode zahlungsweise betaalmethode betaalwijze",
    "shipping method": "versandart versandmethode verzendmethode verzendwijze",
    "currency": "wahrung waehrung valuta devise moneda",
    "total": "gesamt summe gesamtbetrag gesamtsumme gesamtpreis endbetrag totaal totale",
    "subtotal": "zwischensumme subtotaal",
    "amount": "betrag bedrag montant importe importo",
    "tax": "mwst ust steuer mehrwertsteuer btw tva iva",
    "shipping": "versand lieferung liefer verzending levering bezorg livraison envio spedizione",
    "shipping cost": "versandkosten verzendkosten",
    "discount": "rabatt korting remise descuento sconto",
    "refunded": "erstattet terugbetaald rembourse remboursee reembolsado rimborsato",
    "quantity": "menge anzahl aantal quantite cantidad quantita",
    "price": "preis prijs prix precio prezzo",
    "unit price": "einzelpreis stuckpreis stueckpreis stukprijs",
    "item": "artikel produkt article articulo prodotto",
    "item name": "artikelname artikelbezeichnung produktname bezeichnung productnaam omschrijving",
    "sku": "artikelnummer artikelnr artikelcode",
    "billing": "rechnung rechnungs factuur facturation facturacion fatturazione",
    "billing address": "rechnungsadresse rechnungsanschrift factuuradres",
    "shipping address": "lieferadresse lieferanschrift afleveradres bezorgadres verzendadres",
    "first name": "vorname voornaam prenom nombre",
    "last name": "nachname achternaam apellidos cognome",
    "name": "naam nom",
    "company": "firma unternehmen bedrijf bedrijfsnaam societe empresa azienda",
    "address": "strasse straat adres adresse anschrift rue direccion indirizzo",
    "postcode": "plz postleitzahl cap",
    "city": "ort stadt plaats woonplaats ville ciudad citta",
    "country": "land pays pais paese",
    "phone": "telefon telefoon telefono telefonnummer telefoonnummer",
    "email": "emailadresse mailadresse correo",
    "customer": "kunde kunden klant client cliente",
    "comment": "kommentar bemerkung anmerkung opmerking commentaire comentario",
    "customer comment": "kundenkommentar klantopmerking",
    "completed": "abgeschlossen erledigt afgerond voltooid terminee completado completato",
    "shipped": "versendet versandt verschickt verzonden expediee enviado spedito",
    "cancelled": "storniert abgebrochen geannuleerd annulee annule cancelado annullato",
    "paid": "bezahlt betaald payee pagado pagato",
    "unpaid": "unbezahlt offen openstaand impayee",
    "new": "neu nieuw nouvelle nuevo nuovo",
}
_WORDS = {word: english for english, words in _ENGLISH.items() for word in words.split()}
_PHRASES = {"processing": ("in bearbeitung", "in behandeling", "en cours"), "unpaid": ("niet betaald", "nicht bezahlt")}
_WHOLE = {phrase: english for english, phrases in _PHRASES.items() for phrase in phrases}


def folded(text: str) -> str:
    """A text without accents: `Währung` as `Wahrung`, `Straße` as `Strasse`."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def in_english(text: str) -> str:
    """Small words with those that are known from other languages in English.

    >>> in_english("rechnung vorname"), in_english("in behandeling"), in_english("grand total")
    ('billing first name', 'processing', 'grand total')
    """
    return _WHOLE.get(text) or " ".join(_WORDS.get(word, word) for word in text.split())

"""The currencies of ISO 4217 that people pay in, and the decimals of their minor units."""

from __future__ import annotations

CURRENT = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF"
    " CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL"
    " HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD"
    " MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG"
    " QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD"
    " TWD TZS UAH UGX USD UYI UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split()
)
"""Source: ISO 4217, list one, without metals, funds, bonds and codes for tests and for no currency (XXX)."""

WITHDRAWN = frozenset(
    "ANG AZM BGN BYR CSD CUC CYP EEK GHC HRK LTL LVL MRO MTL MZM ROL SDD SIT SKK SLL SRG STD TMM TRL VEB VEF XEU"
    " YUM ZMK ZWD ZWL ZWR".split()
)
"""What shops have sold in since the 1990s and nobody pays in any more. Source: ISO 4217, list three."""

CURRENCIES = CURRENT | WITHDRAWN

DIGITS = {
    **dict.fromkeys("BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
"""Currency -> the decimals of its minor unit, where they are not 2."""


def decimals_of(currency: str) -> int:
    """The decimals of a currency's minor unit; 2 for what is no currency, whose amounts are only shown."""
    return DIGITS.get(currency, 2)

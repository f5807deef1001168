"""Regions of the world: UN M49 (https://unstats.un.org/unsd/methodology/m49/) by ISO 3166 alpha-3 code."""

_SUBREGIONS = {
    ("Africa", "Northern Africa"): "DZA EGY LBY MAR SDN TUN ESH",
    ("Africa", "Sub-Saharan Africa"): (
        "IOT BDI COM DJI ERI ETH ATF KEN MDG MWI MUS MYT MOZ REU RWA SYC SOM SSD UGA TZA ZMB ZWE "
        "AGO CMR CAF TCD COG COD GNQ GAB STP BWA SWZ LSO NAM ZAF "
        "BEN BFA CPV CIV GMB GHA GIN GNB LBR MLI MRT NER NGA SHN SEN SLE TGO"
    ),
    ("Americas", "Latin America and the Caribbean"): (
        "AIA ATG ABW BHS BRB BES VGB CYM CUB CUW DMA DOM GRD GLP HTI JAM MTQ MSR PRI BLM KNA LCA MAF VCT SXM TTO TCA "
        "VIR BLZ CRI SLV GTM HND MEX NIC PAN ARG BOL BVT BRA CHL COL ECU FLK GUF GUY PRY PER SGS SUR URY VEN"
    ),
    ("Americas", "Northern America"): "BMU CAN GRL SPM USA",
    ("Asia", "Central Asia"): "KAZ KGZ TJK TKM UZB",
    (
        "Asia",
        "Eastern Asia",
    ): "CHN HKG MAC PRK JPN MNG KOR TWN",  # M49 lists no Taiwan; its neighbours are here
    ("Asia", "South-eastern Asia"): "BRN KHM IDN LAO MYS MMR PHL SGP THA TLS VNM",
    ("Asia", "Southern Asia"): "AFG BGD BTN IND IRN MDV NPL PAK LKA",
    ("Asia", "Western Asia"): "ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN QAT SAU PSE SYR TUR ARE YEM",
    ("Europe", "Eastern Europe"): "BLR BGR CZE HUN POL MDA ROU RUS SVK UKR",
    ("Europe", "Northern Europe"): "ALA GGY JEY DNK EST FRO FIN ISL IRL IMN LVA LTU NOR SJM SWE GBR",
    ("Europe", "Southern Europe"): "ALB AND BIH HRV GIB GRC VAT ITA MLT MNE MKD PRT SMR SRB SVN ESP",
    ("Europe", "Western Europe"): "AUT BEL FRA DEU LIE LUX MCO NLD CHE",
    ("Oceania", "Australia and New Zealand"): "AUS CXR CCK HMD NZL NFK",
    ("Oceania", "Melanesia"): "FJI NCL PNG SLB VUT",
    ("Oceania", "Micronesia"): "GUM KIR MHL FSM NRU MNP PLW UMI",
    ("Oceania", "Polynesia"): "ASM COK PYF NIU PCN WSM TKL TON TUV WLF",
    ("Antarctica", "Antarctica"): "ATA",
}
REGIONS: dict[str, tuple[str, str]] = {
    code: where for where, codes in _SUBREGIONS.items() for code in codes.split()
}

_SPECIAL = {
    "Latin America and the Caribbean": "Latin America and the Caribbean",
    "Northern America": "Northern America",
    "Australia and New Zealand": "Australia and New Zealand",
    "Western Asia": "Middle East",
}


def special_region(code: str) -> str:
    """Return PRISM's grouping of a country: the US and the UK alone, then sub-regions, then regions."""
    alone = {"USA": "US", "GBR": "UK"}.get(code)
    if alone:
        return alone
    region, subregion = REGIONS[code]
    return _SPECIAL.get(subregion, region)

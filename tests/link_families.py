"""Families of reports for the labelled pairs: published ones, from public facts, and constructed ones.

The published families restate what the papers and registry records print (authors, year, registry number, people,
route, product); what a report does not say in its abstract is left out. ``trial`` names the trial of a report, ``people``
the cohorts that it is about: two reports overlap where they share a cohort. A pooled report has several trials.
"""

from __future__ import annotations

import random
from typing import Any

Report = dict[str, Any]
ALS, AMI, HF, IHD = (
    "amyotrophic lateral sclerosis",
    "acute myocardial infarction",
    "heart failure",
    "ischemic cardiomyopathy",
)
MSC, NSC, MNC, CD133 = "mesenchymal stem cell", "neural stem cell", "mononuclear cell", "CD133+ cell"
BM, AD, WJ = "bone marrow", "adipose tissue", "Wharton's jelly"


def r(id: str, trial: str | list[str], people: str, year: int, authors: str, **facts: Any) -> Report:
    return {"id": id, "trial": trial, "people": people.split(), "year": year, "authors": authors.split(", "), **facts}


def _als() -> list[Report]:
    neuralstem = {"condition": ALS, "cell_type": NSC, "cell_source": "fetal spinal cord", "route": "intraspinal"}
    nurown = {"condition": ALS, "cell_type": MSC, "cell_source": BM, "donor": "autologous"}
    mayo = {"condition": ALS, "cell_type": MSC, "cell_source": AD, "donor": "autologous", "route": "intrathecal"}
    turin = {"condition": ALS, "cell_type": MSC, "cell_source": BM, "donor": "autologous", "route": "intraspinal"}
    cortex = {
        "condition": ALS,
        "cell_type": CD133,
        "donor": "autologous",
        "route": "intracerebral",
        "route_site": "frontal motor cortex",
    }
    return [
        r(
            "glass2012",
            "NCT01348451",
            "nsi1a",
            2012,
            "Glass JD, Boulis NM, Johe K, Rutkove SB, Federici T, Polak M, Kelly C, Feldman EL",
            n=12,
            phase="1",
            dose=100000,
            title="Lumbar intraspinal injection of neural stem cells in patients with amyotrophic lateral sclerosis: results of a phase I trial in 12 patients",
            **neuralstem,
        ),
        r(
            "riley2014",
            "NCT01348451",
            "nsi1a nsi1b",
            2014,
            "Riley J, Glass J, Feldman EL, Polak M, Bordeau J, Federici T, Johe K, Boulis NM",
            n=15,
            phase="1",
            title="Intraspinal stem cell transplantation in amyotrophic lateral sclerosis: a phase I trial, cervical microinjection, and final surgical safety outcomes",
            said="Thoracolumbar results have been previously reported.",
            **neuralstem,
        ),
        r(
            "feldman2014",
            "NCT01348451",
            "nsi1a nsi1b",
            2014,
            "Feldman EL, Boulis NM, Hur J, Johe K, Rutkove SB, Federici T, Polak M, Bordeau J, Sakowski SA, Glass JD",
            n=6,
            phase="1",
            dose=100000,
            title="Intraspinal neural stem cell transplantation in amyotrophic lateral sclerosis: phase 1 trial outcomes",
            said="Preliminary results for the first 12 subjects have been published.",
            **neuralstem,
        ),
        r(
            "glass2016",
            "NCT01730716",
            "nsi2",
            2016,
            "Glass JD, Hertzberg VS, Boulis NM, Riley J, Federici T, Polak M, Bordeau J, Fournier C, Johe K, Feldman EL",
            n=15,
            phase="2",
            title="Transplantation of spinal cord-derived neural stem cells for ALS: analysis of phase 1 and 2 trials",
            **neuralstem,
        ),
        r(
            "mazzini2008",
            "turin1",
            "turin1",
            2008,
            "Mazzini L, Mareschi K, Ferrero I, Vassallo E, Oliveri G, Nasuelli N, Oggioni GD, Testa L, Fagioli F",
            n=9,
            follow_up=48,
            title="Stem cell treatment in amyotrophic lateral sclerosis",
            **turin,
        ),
        r(
            "mazzini2010",
            "turin2",
            "turin2",
            2010,
            "Mazzini L, Ferrero I, Luparello V, Rustichelli D, Gunetti M, Mareschi K, Testa L, Stecco A, Fagioli F",
            n=10,
            phase="1",
            title="Mesenchymal stem cell transplantation in amyotrophic lateral sclerosis: a phase I clinical trial",
            **turin,
        ),
        r(
            "mazzini2012",
            ["turin1", "turin2"],
            "turin1 turin2",
            2012,
            "Mazzini L, Mareschi K, Ferrero I, Miglioretti M, Stecco A, Servo S, Carriero A, Monaco F, Fagioli F",
            n=19,
            title="Mesenchymal stromal cell transplantation in amyotrophic lateral sclerosis: a long-term safety study",
            said="Nineteen patients from two earlier phase 1 trials were followed.",
            **turin,
        ),
        r(
            "mazzini2019",
            "NCT01640067",
            "novara",
            2019,
            "Mazzini L, Gelati M, Profico DC, Sorarù G, Ferrari D, Copetti M, Vescovi A",
            n=18,
            phase="1",
            condition=ALS,
            cell_type=NSC,
            cell_source="fetal brain",
            route="intraspinal",
            title="Results from phase I clinical trial with intraspinal injection of neural stem cells in amyotrophic lateral sclerosis: a long-term outcome",
        ),
        r(
            "mazzini2015",
            "NCT01640067",
            "novara",
            2015,
            "Mazzini L, Gelati M, Profico DC, Sgaravizzi G, Projetti Pensi M, Muzi G, Vescovi A",
            n=6,
            phase="1",
            condition=ALS,
            cell_type=NSC,
            cell_source="fetal brain",
            route="intraspinal",
            title="Human neural stem cell transplantation in ALS: initial results from a phase I trial",
        ),
        r(
            "petrou2016",
            ["NCT01051882", "NCT01777646"],
            "nurown1 nurown2a",
            2016,
            "Petrou P, Gothelf Y, Argov Z, Gotkine M, Levy YS, Kassis I, Karussis D",
            n=26,
            phase="1/2",
            route="intrathecal",
            title="Safety and clinical effects of mesenchymal stem cells secreting neurotrophic factor transplantation in patients with amyotrophic lateral sclerosis",
            **nurown,
        ),
        r(
            "berry2019",
            "NCT02017912",
            "nurown2",
            2019,
            "Berry JD, Cudkowicz ME, Windebank AJ, Staff NP, Owegi M, Nicholson K, Brown RH",
            n=48,
            phase="2",
            route="intrathecal",
            title="NurOwn, phase 2, randomized, clinical trial in patients with ALS",
            **nurown,
        ),
        r(
            "cudkowicz2022",
            "NCT03280056",
            "nurown3",
            2022,
            "Cudkowicz ME, Lindborg SR, Goyal NA, Miller RG, Burford MJ, Berry JD, Windebank AJ, Staff NP, Brown RH",
            phase="3",
            route="intrathecal",
            title="A randomized placebo-controlled phase 3 study of mesenchymal stem cells induced to secrete high levels of neurotrophic factors in amyotrophic lateral sclerosis",
            **nurown,
        ),
        r(
            "staff2016",
            "NCT01609283",
            "mayo1",
            2016,
            "Staff NP, Madigan NN, Morris J, Jentoft M, Sorenson EJ, Butler G, Windebank AJ",
            n=27,
            phase="1",
            title="Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS",
            affiliation="Department of Neurology, Mayo Clinic, Rochester, MN",
            **mayo,
        ),
        r(
            "staff2024aan",
            "NCT03268603",
            "mayo2",
            2024,
            "Staff NP, Sorenson EJ, Madigan NN, Windebank AJ",
            n=75,
            phase="2",
            title="Results from a phase 2 clinical trial of repeated intrathecal autologous adipose-derived MSCs in ALS",
            affiliation="Mayo Clinic, Rochester",
            **mayo,
        ),
        r(
            "oh2018",
            "NCT01363401",
            "neuronata2",
            2018,
            "Oh KW, Noh MY, Kwon MS, Kim HY, Oh S, Park J, Kim SH",
            n=64,
            phase="2",
            condition=ALS,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intrathecal",
            title="Repeated intrathecal mesenchymal stem cells for amyotrophic lateral sclerosis",
        ),
        r(
            "oh2015",
            "neuronata1",
            "neuronata1",
            2015,
            "Oh KW, Moon C, Kim HY, Oh S, Park J, Lee JH, Chang IY, Kim SH",
            n=8,
            phase="1",
            condition=ALS,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intrathecal",
            title="Phase I trial of repeated intrathecal autologous bone marrow-derived mesenchymal stromal cells in amyotrophic lateral sclerosis",
        ),
        r(
            "barczewska2019",
            "NCT02881476",
            "olsztyn",
            2019,
            "Barczewska M, Grudniak M, Maksymowicz S, Siwek T, Ołdak T, Maksymowicz W",
            n=43,
            female=16,
            male=27,
            age=57.3,
            condition=ALS,
            cell_type=MSC,
            cell_source=WJ,
            route="intrathecal",
            title="Safety of intrathecal injection of Wharton's jelly-derived mesenchymal stem cells in amyotrophic lateral sclerosis therapy",
        ),
        r(
            "siwek2020",
            "olsztyn-bm",
            "olsztyn-bm",
            2020,
            "Siwek T, Jezierska-Woźniak K, Maksymowicz S, Barczewska M, Sowa M, Badowska W, Maksymowicz W",
            n=8,
            condition=ALS,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intrathecal",
            title="Repeat administration of bone marrow-derived mesenchymal stem cells for treatment of amyotrophic lateral sclerosis",
        ),
        r(
            "martinez2009",
            "monterrey",
            "monterrey-a",
            2009,
            "Martinez HR, Gonzalez-Garza MT, Moreno-Cuevas JE, Caro E, Gutierrez-Jimenez E, Segura JJ",
            n=10,
            title="Stem-cell transplantation into the frontal motor cortex in amyotrophic lateral sclerosis patients",
            **cortex,
        ),
        r(
            "martinez2012",
            "monterrey",
            "monterrey-a monterrey-b",
            2012,
            "Martinez HR, Molina-Lopez JF, Gonzalez-Garza MT, Moreno-Cuevas JE, Caro-Osorio E, Gil-Valadez A, Gutierrez-Jimenez E, Zazueta-Fierro OE, Meza JA, Couret-Alcaraz P, Hernandez-Torre M",
            n=67,
            title="Stem cell transplantation in amyotrophic lateral sclerosis patients: methodological approach, safety, and feasibility",
            **cortex,
        ),
    ]


def _heart() -> list[Report]:
    bmc = {"cell_type": MNC, "cell_source": BM, "donor": "autologous", "route": "intracoronary"}
    miami = {"condition": IHD, "cell_type": MSC, "cell_source": BM, "route": "intramyocardial"}
    return [
        r(
            "schachinger2006",
            "NCT00279175",
            "repair",
            2006,
            "Schächinger V, Erbs S, Elsässer A, Haberbosch W, Hambrecht R, Hölschermann H, Dimmeler S, Zeiher AM",
            n=204,
            condition=AMI,
            title="Intracoronary bone marrow-derived progenitor cells in acute myocardial infarction",
            **bmc,
        ),
        r(
            "schachinger2006b",
            "NCT00279175",
            "repair",
            2006,
            "Schächinger V, Erbs S, Elsässer A, Haberbosch W, Hambrecht R, Assmus B, Dimmeler S, Zeiher AM",
            n=204,
            condition=AMI,
            title="Improved clinical outcome after intracoronary administration of bone-marrow-derived progenitor cells in acute myocardial infarction: final 1-year results of the REPAIR-AMI trial",
            **bmc,
        ),
        r(
            "assmus2010",
            "NCT00279175",
            "repair",
            2010,
            "Assmus B, Rolf A, Erbs S, Elsässer A, Haberbosch W, Hambrecht R, Schächinger V, Dimmeler S, Zeiher AM",
            n=204,
            condition=AMI,
            title="Clinical outcome 2 years after intracoronary administration of bone marrow-derived progenitor cells in acute myocardial infarction",
            **bmc,
        ),
        r(
            "assmus2014",
            "NCT00279175",
            "repair",
            2014,
            "Assmus B, Leistner DM, Schächinger V, Erbs S, Elsässer A, Haberbosch W, Zeiher AM",
            n=200,
            condition=AMI,
            title="Long-term clinical outcome after intracoronary application of bone marrow-derived mononuclear cells for acute myocardial infarction",
            **bmc,
        ),
        r(
            "lunde2006",
            "NCT00199823",
            "astami",
            2006,
            "Lunde K, Solheim S, Aakhus S, Arnesen H, Abdelnoor M, Egeland T, Forfang K",
            n=100,
            condition=AMI,
            title="Intracoronary injection of mononuclear bone marrow cells in acute myocardial infarction",
            **bmc,
        ),
        r(
            "lunde2008",
            "NCT00199823",
            "astami",
            2008,
            "Lunde K, Solheim S, Forfang K, Arnesen H, Brinch L, Bjørnerheim R, Aakhus S",
            n=100,
            condition=AMI,
            title="Anterior myocardial infarction with acute percutaneous coronary intervention and intracoronary injection of autologous mononuclear bone marrow cells: safety, clinical outcome, and serial changes in left ventricular function during 12-months' follow-up",
            **bmc,
        ),
        r(
            "beitnes2009",
            "NCT00199823",
            "astami",
            2009,
            "Beitnes JO, Hopp E, Lunde K, Solheim S, Arnesen H, Brinchmann JE, Forfang K, Aakhus S",
            n=100,
            condition=AMI,
            title="Long-term results after intracoronary injection of autologous mononuclear bone marrow cells in acute myocardial infarction: the ASTAMI randomised, controlled study",
            **bmc,
        ),
        r(
            "wollert2004",
            "NCT00224536",
            "boost",
            2004,
            "Wollert KC, Meyer GP, Lotz J, Ringes-Lichtenberg S, Lippolt P, Breidenbach C, Drexler H",
            n=60,
            condition=AMI,
            title="Intracoronary autologous bone-marrow cell transfer after myocardial infarction: the BOOST randomised controlled clinical trial",
            **bmc,
        ),
        r(
            "meyer2006",
            "NCT00224536",
            "boost",
            2006,
            "Meyer GP, Wollert KC, Lotz J, Steffens J, Lippolt P, Fichtner S, Drexler H",
            n=60,
            condition=AMI,
            title="Intracoronary bone marrow cell transfer after myocardial infarction: eighteen months' follow-up data from the randomized, controlled BOOST trial",
            **bmc,
        ),
        r(
            "traverse2011",
            "NCT00684060",
            "latetime",
            2011,
            "Traverse JH, Henry TD, Ellis SG, Pepine CJ, Willerson JT, Zhao DX, Simari RD",
            n=87,
            condition=AMI,
            title="Effect of intracoronary delivery of autologous bone marrow mononuclear cells 2 to 3 weeks following acute myocardial infarction on left ventricular function: the LateTIME randomized trial",
            **bmc,
        ),
        r(
            "traverse2012",
            "NCT00684021",
            "time",
            2012,
            "Traverse JH, Henry TD, Pepine CJ, Willerson JT, Zhao DX, Ellis SG, Simari RD",
            n=120,
            condition=AMI,
            title="Effect of the use and timing of bone marrow mononuclear cell delivery on left ventricular function after acute myocardial infarction: the TIME randomized trial",
            **bmc,
        ),
        r(
            "traverse2018",
            "NCT00684021",
            "time",
            2018,
            "Traverse JH, Henry TD, Pepine CJ, Willerson JT, Chugh A, Yang PC, Simari RD",
            n=120,
            condition=AMI,
            title="TIME trial: effect of timing of stem cell delivery following ST-elevation myocardial infarction on the recovery of global and regional left ventricular function: final 2-year analysis",
            **bmc,
        ),
        r(
            "hare2012",
            "NCT01087996",
            "poseidon",
            2012,
            "Hare JM, Fishman JE, Gerstenblith G, DiFede Velazquez DL, Zambrano JP, Suncion VY, Heldman AW, Lardo A",
            n=30,
            phase="1/2",
            title="Comparison of allogeneic vs autologous bone marrow-derived mesenchymal stem cells delivered by transendocardial injection in patients with ischemic cardiomyopathy: the POSEIDON randomized trial",
            **miami,
        ),
        r(
            "suncion2014",
            "NCT01087996",
            "poseidon",
            2014,
            "Suncion VY, Ghersin E, Fishman JE, Zambrano JP, Karantalis V, Mandel N, Heldman AW, Hare JM",
            n=30,
            title="Does transendocardial injection of mesenchymal stem cells improve myocardial function locally or globally? An analysis from the POSEIDON randomized trial",
            said="This is a secondary analysis of the POSEIDON trial.",
            **miami,
        ),
        r(
            "heldman2014",
            "NCT00768066",
            "tachft",
            2014,
            "Heldman AW, DiFede DL, Fishman JE, Zambrano JP, Trachtenberg BH, Karantalis V, Mushtaq M, Hare JM",
            n=65,
            phase="1/2",
            title="Transendocardial mesenchymal stem cells and mononuclear bone marrow cells for ischemic cardiomyopathy: the TAC-HFT randomized trial",
            **miami,
        ),
        r(
            "bartunek2013",
            "NCT00810238",
            "ccure",
            2013,
            "Bartunek J, Behfar A, Dolatabadi D, Vanderheyden M, Ostojic M, Dens J, Wijns W, Terzic A",
            n=47,
            condition=HF,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intramyocardial",
            title="Cardiopoietic stem cell therapy in heart failure: the C-CURE multicenter randomized trial with lineage-specified biologics",
        ),
        r(
            "bartunek2017",
            "NCT01768702",
            "chart",
            2017,
            "Bartunek J, Terzic A, Davison BA, Filippatos GS, Radovanovic S, Beleslin B, Wijns W",
            n=271,
            phase="3",
            condition=HF,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intramyocardial",
            title="Cardiopoietic cell therapy for advanced ischaemic heart failure: results at 39 weeks of the prospective, randomized, double blind, sham-controlled CHART-1 clinical trial",
        ),
        r(
            "bartunek2020",
            "NCT01768702",
            "chart",
            2020,
            "Bartunek J, Terzic A, Davison BA, Behfar A, Sanz-Ruiz R, Wojakowski W, Wijns W",
            n=271,
            condition=HF,
            cell_type=MSC,
            cell_source=BM,
            donor="autologous",
            route="intramyocardial",
            title="Cardiopoietic stem cell therapy in ischaemic heart failure: long-term clinical outcomes",
        ),
        r(
            "panes2016",
            "NCT01541579",
            "admire",
            2016,
            "Panés J, García-Olmo D, Van Assche G, Colombel JF, Reinisch W, Baumgart DC, Danese S",
            n=212,
            phase="3",
            condition="Crohn disease",
            cell_type=MSC,
            cell_source=AD,
            donor="allogeneic",
            route="local injection",
            dose=120000000,
            title="Expanded allogeneic adipose-derived mesenchymal stem cells (Cx601) for complex perianal fistulas in Crohn's disease: a phase 3 randomised, double-blind controlled trial",
        ),
        r(
            "panes2018",
            "NCT01541579",
            "admire",
            2018,
            "Panés J, García-Olmo D, Van Assche G, Colombel JF, Reinisch W, Baumgart DC, Danese S",
            n=212,
            condition="Crohn disease",
            cell_type=MSC,
            cell_source=AD,
            donor="allogeneic",
            route="local injection",
            title="Long-term efficacy and safety of stem cell therapy (Cx601) for complex perianal fistulas in patients with Crohn's disease",
        ),
    ]


def published() -> list[Report]:
    """Reports of real trials."""
    return _als() + _heart()


# ---------------------------------------------------------------- constructed

CONDITIONS = (
    "spinal cord injury",
    "knee osteoarthritis",
    "multiple sclerosis",
    "critical limb ischemia",
    "liver cirrhosis",
    "graft versus host disease",
    "ischemic stroke",
    "Parkinson disease",
)
CELLS = ((MSC, BM), (MSC, AD), (MSC, WJ), (MSC, "umbilical cord"), (MNC, BM), (NSC, "fetal brain"))
ROUTES = ("intrathecal", "intravenous", "intra-articular", "intra-arterial", "intramuscular", "intraportal")
CENTRES = (
    "University Hospital of Northmark",
    "Institute of Cell Therapy, Varnholm",
    "Saint Orla Hospital",
    "Medical University of Tessin Valley",
    "Royan Lake Clinic",
    "National Center for Regenerative Medicine, Ostrava Hills",
)
SURNAMES = [
    "Abel",
    "Borg",
    "Castro",
    "Dahl",
    "Egger",
    "Fiala",
    "Garay",
    "Holt",
    "Ito",
    "Jansky",
    "Kurz",
    "Lopes",
    "Meyer",
    "Novak",
    "Okoye",
    "Petri",
    "Quist",
    "Rossi",
    "Sato",
    "Toth",
    "Ulrich",
    "Vega",
    "Weiss",
    "Xu",
    "Young",
    "Zeman",
    "Arslan",
    "Bekker",
    "Chand",
    "Duarte",
    "Endo",
    "Farah",
    "Greco",
    "Haas",
    "Ilic",
    "Joshi",
    "Kowal",
    "Lindh",
    "Mori",
    "Nagy",
]


def constructed(count: int = 36, seed: int = 5) -> list[Report]:
    """Families of invented trials: a registry record, a main paper, and a follow-up, an abstract or a sub-study.

    Every third trial comes from the group of the one before it, with another condition, route, product or size, so that
    unrelated trials of one centre and of the same authors meet.
    """
    draw = random.Random(seed)
    found: list[Report] = []
    before: dict[str, Any] | None = None
    for number in range(count):
        trial = _trial(draw, number, before if number % 3 else None)
        before = trial
        found += _reports(draw, number, trial)
    return found


def _trial(draw: random.Random, number: int, sibling: dict[str, Any] | None) -> dict[str, Any]:
    cell, source = draw.choice(CELLS)
    n = draw.choice((8, 10, 12, 15, 18, 20, 24, 27, 30, 36, 42, 57, 64, 88))
    trial: dict[str, Any] = {
        "name": f"T{number}",
        "nct": f"NCT0{7000000 + 137 * number}",
        "condition": draw.choice(CONDITIONS),
        "cell_type": cell,
        "cell_source": source,
        "donor": draw.choice(("autologous", "allogeneic")),
        "route": draw.choice(ROUTES),
        "dose": draw.choice((1e6, 2e6, 1e7, 2e7, 5e7, 1e8)),
        "n": n,
        "female": (female := draw.randint(n // 4, n // 2)),
        "male": n - female,
        "age": round(draw.uniform(30, 70), 1),
        "phase": draw.choice(("1", "1/2", "2")),
        "year": draw.randint(2008, 2021),
        "authors": [f"{s} {draw.choice('ABCDEFGHJKLM')}" for s in draw.sample(SURNAMES, draw.randint(4, 8))],
        "affiliation": draw.choice(CENTRES),
    }
    if sibling:
        trial |= {
            "affiliation": sibling["affiliation"],
            "authors": [*sibling["authors"][:3], *trial["authors"][:3]],
            "year": sibling["year"] + draw.randint(0, 3),
        }
        same = draw.choice(("condition", "cell", "all"))
        if same in ("condition", "all"):
            trial["condition"] = sibling["condition"]
        if same in ("cell", "all"):
            trial |= {k: sibling[k] for k in ("cell_type", "cell_source", "donor")}
        if same == "all":
            trial["route"] = sibling["route"]
            trial["phase"] = {"1": "2", "1/2": "3", "2": "3", "3": "2"}[sibling["phase"]]
    return trial


def _reports(draw: random.Random, number: int, t: dict[str, Any]) -> list[Report]:
    shared = {k: t[k] for k in ("condition", "cell_type", "cell_source", "route")}
    main = {"authors": list(t["authors"]), "affiliation": t["affiliation"], "donor": t["donor"], **shared}
    words = f"{t['cell_type']}s from {t['cell_source']} in {t['condition']}"
    record = {
        "id": f"c{number}-record",
        "trial": t["nct"],
        "people": [t["name"]],
        "year": t["year"] - 2,
        "authors": [],
        "officials": t["authors"][:1],
        "source": "clinicaltrials",
        "n": t["n"] + draw.choice((0, 0, 2, 6)),
        "phase": t["phase"],
        "affiliation": t["affiliation"],
        "start": t["year"] - 2,
        "title": f"Treatment of {t['condition']} with {t['cell_type']}s",
        **shared,
    }
    paper = {
        "id": f"c{number}-paper",
        "trial": t["nct"],
        "people": [t["name"]],
        "year": t["year"],
        "n": t["n"],
        "phase": t["phase"],
        "dose": t["dose"],
        "female": t["female"],
        "male": t["male"],
        "age": t["age"],
        "title": f"{t['route'].capitalize()} {words}: a phase {t['phase']} trial",
        **main,
    }
    late = {
        "id": f"c{number}-late",
        "trial": t["nct"],
        "people": [t["name"]],
        "year": t["year"] + draw.randint(1, 4),
        "title": f"Five years after {words}",
        **main,
    }
    late.pop(draw.choice(("cell_source", "route", "donor", "affiliation")))  # abstracts leave things out
    late["authors"] = [f"{a.split()[0]}, {a.split()[1]}." for a in draw.sample(t["authors"], len(t["authors"]) - 1)]
    kind = number % 4
    if kind == 0:
        late |= {"n": t["n"], "female": t["female"], "male": t["male"], "dose": t["dose"]}
    elif kind == 1:
        late |= {
            "n": t["n"] - draw.randint(1, 3),
            "said": f"All {t['n']} patients were previously reported.",
            "age": t["age"],
        }
    elif kind == 2:
        late |= {
            "year": t["year"] - 1,
            "n": max(3, t["n"] // 2),
            "journal": "Abstracts of the annual meeting",
            "title": f"Interim safety of {words}",
            "dose": t["dose"],
        }
    else:
        late |= {
            "n": t["n"],
            "said": f"This is a secondary analysis of the trial {t['nct']}.",
            "title": f"Biomarkers after {words}",
        }
    return [record, paper, late]

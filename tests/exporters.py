"""References as some forty exporters write them, in our own words: the first of each file's reports, and what it says."""

from __future__ import annotations

import json
from typing import Any

T, T2 = "Pericytes for ataxia: an open-label trial", "Tablets for gout"
A, A2 = (
    "Nine people with ataxia received pericytes. Itching occurred in 2 of 9.",
    "Forty people with gout took tablets.",
)
NOT_SAID = "not said in this format"
WHOLE: dict[str, Any] = {"title": T, "abstract": A, "year": 2021, "doi": "10.5555/pa.21", "author": "Lind"}
# name of the file: its bytes, how many reports, and what the first one says
EXPORTS: dict[str, tuple[bytes, int, dict[str, Any]]] = {}


def add(name: str, text: str | bytes, n: int = 2, **said: Any) -> None:
    wanted = {key: value for key, value in (WHOLE | said).items() if value != NOT_SAID}
    EXPORTS[name] = (text if isinstance(text, bytes) else text.encode(), n, wanted)


def q(*cells: object) -> str:
    return ",".join('"' + str(cell).replace('"', '""') + '"' for cell in cells)


def endnote(extra: str = "", *, styled: bool = True) -> str:
    def s(text: str) -> str:
        return f'<style face="normal" font="default" size="100%">{text}</style>' if styled else text

    return f"<records><record><database name='x.enl' path='x'>x.enl</database><source-app name='EndNote' version='20.0'>EndNote</source-app><rec-number>7</rec-number><ref-type name='Journal Article'>17</ref-type><contributors><authors><author>{s('Lind, Ada')}</author><author>{s('Berg, B')}</author></authors></contributors><titles><title>{s(T[:10])}{s(T[10:])}</title><secondary-title>{s('Invented J')}</secondary-title></titles><dates><year>{s('2021')}</year><pub-dates><date>{s('Mar 1')}</date></pub-dates></dates><accession-num>{s('35111222')}</accession-num><abstract>{s(A)}</abstract><electronic-resource-num>{s('10.5555/pa.21')}</electronic-resource-num>{extra}</record><record><rec-number>8</rec-number><titles><title>{T2}</title></titles></record></records>"


# ---- RIS
add(
    "ris_a1_y1.ris",
    f"TY  - JOUR\nT1  - {T}\nA1  - Lind, Ada\nA1  - Berg, B\nY1  - 2021/03/01/\nJF  - Invented J\nN2  - {A}\nDO  - 10.5555/pa.21\nER  - \n\nTY  - JOUR\nT1  - {T2}\nY1  - 2018///\nER  - \n",
)
add(
    "ris_blank_between.ris",
    f"TY  - JOUR\r\n\r\nT1  - {T}\r\n\r\nAU  - Lind, Ada\r\n\r\nAB  - {A}\r\n\r\nY1  - 2021 Mar\r\n\r\nDO  - 10.5555/pa.21\r\n\r\nER  -\r\n\r\n\r\nTY  - JOUR\r\n\r\nT1  - {T2}\r\n\r\nER  -\r\n",
)
add(
    "ris_utf16.ris",
    (
        f"TY  - JOUR\nTI  - {T}\nAU  - Lind, Ada\nAB  - {A}\nPY  - 2021\nDO  - https://doi.org/10.5555/PA.21\nER  - \nTY  - JOUR\nTI  - {T2}\nER  - \n"
    ).encode("utf-16"),
)
add(
    "ris_bom_crlf.ris",
    b"\xef\xbb\xbf"
    + f'Provider: Invented\r\nDatabase: Other\r\nContent: text/plain; charset="UTF-8"\r\n\r\nTY  - JOUR\r\nTI  - {T}\r\nAU  - Lind, Ada\r\nAB  - {A}\r\nPY  - 2021/03//\r\nDO  - doi:10.5555/pa.21\r\nER  - \r\n\r\nTY  - JOUR\r\nTI  - {T2}\r\nER  - \r\n'.encode(),
)
add(
    "ris_wrapped.ris",
    "TY  - JOUR\nTI  - Pericytes for ataxia:\n      an open-label trial\nAU  - Lind A.\nAB  - Nine people with ataxia received\n pericytes. Itching occurred in 2 of 9.\nDA  - 2021/03/01\nUR  - http://dx.doi.org/10.5555/pa.21\nER  - \n",
    1,
)
add(
    "ris_no_er.ris",
    f"TY  - JOUR\nTI  - {T}\nAU  - Lind, Ada\nAB  - {A}\nPY  - 2021\nDO  - 10.5555/pa.21\n\nTY  - JOUR\nTI  - {T2}\n",
)
add(
    "ris_one_blank.ris",
    f"TY - JOUR\nTI - {T}\nAU - Lind, Ada\nAB - {A}\nPY - 2021\nDO - 10.5555/pa.21\nER -\n\nTY - JOUR\nTI - {T2}\nER -\n",
)
add(
    "ris_latin1.ris",
    (
        f"TY  - JOUR\nTI  - {T}\nAU  - Lind, Åda\nAB  - {A} Più.\nPY  - 2021\nDO  - 10.5555/pa.21\nER  - \nTY  - JOUR\nTI  - {T2}\nER  - \n"
    ).encode("latin-1"),
    abstract=A + " Più.",
)
add(
    "ris_pmid.ris",
    f"TY  - JOUR\nTI  - {T}\nAU  - Lind, Ada\nAB  - {A}\nPY  - 2021\nDO  - 10.5555/pa.21\nAN  - PMID: 35111222\nC2  - PMC9900021\nER  - \n",
    1,
    pmid="35111222",
)
add(
    "ris_eppi.txt",
    f"TY  - JOUR\nT1  - {T}\nAU  - Lind A\nAB  - {A}\nPY  - 2021\nDO  - 10.5555/pa.21\nU1  - 1234567[EPPI-Reviewer]\nER  - \nTY  - JOUR\nT1  - {T2}\nER  - \n",
)
# ---- enw
add(
    "enw_bom.enw",
    b"\xef\xbb\xbf"
    + f"%0 Journal Article\r\n%A Lind, Ada\r\n%A Berg, B.\r\n%D 2021\r\n%T {T}\r\n%J Invented J\r\n%X {A}\r\n%R 10.5555/pa.21\r\n%M 35111222\r\n\r\n%0 Journal Article\r\n%T {T2}\r\n%D 2018\r\n".encode(),
)
add(
    "enw_scholar.enw",
    f"%0 Journal Article\n%T {T}\n%A Lind, Ada\n%J Invented J\n%V 3\n%D 2021\n%I Press\n",
    1,
    abstract=NOT_SAID,
    doi=NOT_SAID,
)
add(
    "enw_long.txt",
    f"%0 Journal Article\n%T {T}\n%A Ada Lind\n%D March 2021\n%X Nine people with ataxia received pericytes.\nItching occurred in 2 of 9.\n%U https://doi.org/10.5555/pa.21\n\n\n%0 Journal Article\n%T {T2}\n",
    author=NOT_SAID,
    abstract="2 of 9",
)
# ---- EndNote XML
add("en_decl.xml", "<?xml version='1.0' encoding='UTF-8'?><xml>" + endnote() + "</xml>", pmid="35111222")
add("en_nostyle.xml", "<xml>\n" + endnote(styled=False) + "\n</xml>")
add(
    "en_lower.xml",
    '\n<?xml version="1.0" encoding="UTF-8" ?>\n<xml>'
    + endnote("<remote-database-provider>NLM</remote-database-provider><language>eng</language>")
    + "</xml>",
)
# ---- Ovid
add(
    "ovid_label.txt",
    f"<1>\nUnique Identifier\n  35111222\nTitle\n  {T}\nSource\n  Invented J. 3(2):11-19, 2021 Mar.\nAuthors\n  Lind A; Berg B\nAbstract\n  Nine people with ataxia received pericytes. Itching occurred in 2\n  of 9.\nDigital Object Identifier\n  10.5555/pa.21\nYear of Publication\n  2021\n\n<2>\nUnique Identifier\n  20000001\nTitle\n  {T2}\n",
    abstract="2 of 9",
)
add(
    "ovid_tags.txt",
    f"1. \nVN  - Ovid Technologies\nDB  - Ovid MEDLINE(R) <1946 to March 2021>\nUI  - 35111222\nTI  - {T}\nSO  - Invented J. 3(2):11-19, 2021 Mar.\nAU  - Lind A\nAB  - {A}\nDO  - https://dx.doi.org/10.5555/pa.21\nYR  - 2021\n\n2. \nVN  - Ovid Technologies\nUI  - 20000001\nTI  - {T2}\nYR  - 2018\n",
)
add(
    "ovid_embase.cgi",
    f"<1>\nVN\n  Ovid Technologies\nDB\n  Embase\nAN\n  2011111111\nTI\n  {T}\nAU\n  Lind A.\nAB\n  {A}\nDO\n  10.5555/pa.21\nYR\n  2021\n\n<2>\nAN\n  2022222222\nTI\n  {T2}\nYR\n  2018\n",
)
# ---- RefWorks
add(
    "rw.txt",
    f"RT Journal Article\nSR Electronic(1)\nID 77\nA1 Lind,Ada\nA1 Berg,B\nT1 {T}\nJF Invented J\nYR 2021\nAB {A}\nDO 10.5555/pa.21\n\nRT Journal Article\nID 78\nT1 {T2}\nYR 2018\n",
)
add(
    "rw.tsv",
    f"RT\tID\tA1\tT1\tJF\tYR\tAB\tDO\nJournal Article\t77\tLind,Ada;Berg,B\t{T}\tInvented J\t2021\t{A}\t10.5555/pa.21\nJournal Article\t78\t\t{T2}\t\t2018\t\t\n",
)
# ---- WoS
add(
    "wos.txt",
    b"\xef\xbb\xbf"
    + f"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Lind, A\n   Berg, B\nAF Lind, Ada\nTI Pericytes for ataxia:\n   an open-label trial\nSO INVENTED J\nAB Nine people with ataxia received pericytes. Itching\n   occurred in 2 of 9.\nDI 10.5555/pa.21\nPY 2021\nPM 35111222\nER\n\nPT J\nTI {T2}\nPY 2018\nER\n\nEF\n".encode(),
    pmid="35111222",
)
add(
    "wos_tab.txt",
    (
        f"PT\tAU\tBA\tTI\tSO\tAB\tDI\tPY\tPM\tUT\nJ\tLind, A; Berg, B\t\t{T}\tINVENTED J\t{A}\t10.5555/pa.21\t2021\t35111222\tWOS:0001\nJ\t\t\t{T2}\t\t\t\t2018\t\tWOS:0002\n"
    ).encode("utf-16"),
    pmid="35111222",
)
add(
    "medline_wos.ciw",
    f"FN Thomson Reuters Web of Knowledge\r\nVR 1.0\r\nPT Journal Article\r\nAU Lind, A\r\nTI {T}\r\nAB {A}\r\nDI 10.5555/pa.21\r\nPY 2021\r\nER\r\n\r\nPT J\r\nTI {T2}\r\nER\r\n\r\nEF",
)
# ---- CSV
add(
    "embase_vert.csv",
    "\n".join(
        [
            q("TITLE", T),
            q("AUTHOR NAMES", "Lind A.", "Berg B."),
            q("SOURCE", "Invented J (2021) 3:2 (11-19)"),
            q("PUBLICATION YEAR", "2021"),
            q("ABSTRACT", A),
            q("DOI", "10.5555/pa.21"),
            q("MEDLINE PMID", "35111222 (http://www.ncbi.nlm.nih.gov/pubmed/35111222)"),
            "",
            q("TITLE", T2),
            q("PUBLICATION YEAR", "2018"),
        ]
    ),
    pmid="35111222",
)
add(
    "scopus.csv",
    b"\xef\xbb\xbf"
    + (
        "\n".join(
            [
                '"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.","Page start","Page end","DOI","Link","Abstract","PubMed ID","Document Type","EID"',
                q(
                    "Lind A.; Berg B.",
                    "Lind, Ada (5700); Berg, B (5701)",
                    "5700;5701",
                    T,
                    2021,
                    "Invented J",
                    3,
                    2,
                    "",
                    "11",
                    "19",
                    "10.5555/pa.21",
                    "https://www.scopus.com/x",
                    A,
                    "35111222",
                    "Article",
                    "2-s2.0-1",
                ),
                q(
                    "",
                    "",
                    "",
                    T2,
                    2018,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "[No abstract available]",
                    "",
                    "Article",
                    "2-s2.0-2",
                ),
            ]
        )
    ).encode(),
    pmid="35111222",
)
add(
    "dim.csv",
    "\n".join(
        [
            '"About the data: Exported on Mar 01, 2026. Criteria: ..."',
            "Rank,Publication ID,DOI,PMID,PMCID,Title,Abstract,Source title,PubYear,Volume,Issue,Pagination,Authors,Publication Type",
            q(
                1,
                "pub.1",
                "10.5555/pa.21",
                "35111222",
                "PMC9900021",
                T,
                A,
                "Invented J",
                2021,
                3,
                2,
                "11-19",
                "Lind, Ada; Berg, B",
                "Article",
            ),
            q(2, "pub.2", "", "", "", T2, "", "", 2018, "", "", "", "", "Article"),
        ]
    ),
    pmid="35111222",
)
add(
    "lens.csv",
    "\n".join(
        [
            "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,Publisher,Author/s,Abstract,Volume,Issue Number,Start Page,End Page,DOI,PMID,PMCID,Is Open Access",
            q(
                "001-1",
                T,
                "2021-03-01",
                2021,
                "journal article",
                "Invented J",
                "",
                "",
                "Ada Lind; B Berg",
                A,
                3,
                2,
                11,
                19,
                "10.5555/pa.21",
                35111222,
                "",
                "",
            ),
            q("001-2", T2, "", 2018, "", "", "", "", "", "", "", "", "", "", "", "", "", ""),
        ]
    ),
    author=NOT_SAID,
    pmid="35111222",
)
add(
    "pubmed.csv",
    b"\xef\xbb\xbf"
    + (
        "\n".join(
            [
                "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI",
                q(
                    35111222,
                    T + ".",
                    "Lind A, Berg B.",
                    "Invented J. 2021 Mar;3(2):11-19. doi: 10.5555/pa.21.",
                    "Lind A",
                    "Invented J",
                    2021,
                    "2021/03/01",
                    "",
                    "",
                    "10.5555/pa.21",
                ),
                q(20000001, T2 + ".", "Ek C.", "", "Ek C", "Gut J", 2018, "", "", "", ""),
            ]
        )
    ).encode(),
    title=T + ".",
    abstract=NOT_SAID,
    pmid="35111222",
)
add(
    "semicolon.csv",
    "sep=;\nTitle;Authors;Year;Abstract;DOI\n" + f'{T};"Lind, A.; Berg, B.";2021;"{A}";10.5555/pa.21\n{T2};;2018;;\n',
)
add(
    "semicolon1252.csv",
    (f'Title;Authors;Year;Abstract;DOI\n"{T}";"Lind, Å.";2021;"{A}";10.5555/pa.21\n{T2};;2018;;\n').encode("cp1252"),
)
add(
    "rayyan.csv",
    "\n".join(
        [
            "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,doi,keywords,pubmed_id,pmc_id",
            q(
                "rayyan-1",
                T,
                2021,
                3,
                1,
                "Invented J",
                "",
                3,
                2,
                "11-19",
                "Lind, Ada and Berg, B",
                "",
                "eng",
                "",
                "",
                A,
                'RAYYAN-INCLUSION: {"Ann"=>"Included"}',
                "10.5555/pa.21",
                "",
                "35111222",
                "",
            ),
            q("rayyan-2", T2, 2018, "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""),
        ]
    ),
    pmid="35111222",
)
add(
    "covidence.csv",
    "\n".join(
        [
            "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags",
            q(
                T,
                "Lind, Ada; Berg, B",
                A,
                2021,
                "March",
                "Invented J",
                3,
                2,
                "11-19",
                "",
                "10.5555/pa.21",
                "77",
                "#12",
                "Lind 2021",
                "",
                "",
            ),
            q(T2, "", "", 2018, "", "", "", "", "", "", "", "78", "#13", "", "", ""),
        ]
    ),
)
add(
    "central.csv",
    "\n".join(
        [
            'Title,Author(s),Source,Abstract,Year,DOI,"Pub Med ID","CTgov ID",Publisher,Issue',
            q(T, "Lind, A, Berg, B", "Invented J", A, 2021, "10.5555/pa.21", "PUBMED 35111222", "NCT09999991", "", ""),
            q(T2, "", "", "", 2018, "", "", "", "", ""),
        ]
    ),
    pmid="35111222",
)
add(
    "ieee.csv",
    "\n".join(
        [
            '"Document Title",Authors,"Author Affiliations","Publication Title","Date Added To Xplore","Publication Year","Volume","Issue","Start Page","End Page","Abstract","ISSN",ISBNs,"DOI","Author Keywords"',
            q(
                T,
                "A. Lind; B. Berg",
                "",
                "Invented J",
                "",
                2021,
                3,
                2,
                11,
                19,
                A,
                "",
                "",
                "10.5555/pa.21",
                "ataxia;cells",
            ),
            q(T2, "", "", "", "", 2018, "", "", "", "", "", "", "", "", ""),
        ]
    ),
    author=NOT_SAID,
)
add(
    "europepmc.csv",
    "\n".join(
        [
            "SOURCE,EXT_ID,TITLE,AUTHOR_STRING,JOURNAL,ISSUE,VOLUME,PUB_YEAR,PAGE_INFO,DOI,CITED_BY,PMCID,ABSTRACT",
            q("MED", "35111222", T, "Lind A, Berg B.", "Invented J", 2, 3, 2021, "11-19", "10.5555/pa.21", 0, "", A),
            q("PPR", "PPR1", T2, "", "", "", "", 2018, "", "", "", "", ""),
        ]
    ),
)
add(
    "asreview.csv",
    "\n".join(
        [
            "record_id,title,abstract,authors,year,doi,included,asreview_ranking",
            q(0, T, A, "Lind, Ada; Berg, B", 2021, "https://doi.org/10.5555/pa.21", 1, 1),
            q(1, T2, "", "", 2018, "", 0, 2),
        ]
    ),
)
add(
    "zotero.csv",
    b"\xef\xbb\xbf"
    + (
        "\n".join(
            [
                '"Key","Item Type","Publication Year","Author","Title","Publication Title","ISBN","ISSN","DOI","Url","Abstract Note","Date","Date Added","Pages","Issue","Volume","Extra"',
                q(
                    "ABCD1234",
                    "journalArticle",
                    "2021",
                    "Lind, Ada; Berg, B",
                    T,
                    "Invented J",
                    "",
                    "",
                    "10.5555/pa.21",
                    "",
                    A,
                    "2021-03-01",
                    "",
                    "11-19",
                    "2",
                    "3",
                    "PMID: 35111222",
                ),
                q("ABCD1235", "journalArticle", "2018", "", T2, "", "", "", "", "", "", "", "", "", "", "", ""),
            ]
        )
    ).encode(),
    pmid="35111222",
)
add(
    "distiller.csv",
    "\n".join(
        [
            "Refid,Bibliography,Title,Author,Abstract,Year,Journal,DOI,PubMed ID",
            q(1, "x", T, "Lind, Ada", A, 2021, "Invented J", "10.5555/pa.21", "35111222"),
            q(2, "", T2, "", "", 2018, "", "", ""),
        ]
    ),
    pmid="35111222",
)
add(
    "proquest.tsv",
    "\t".join(["Title", "Abstract", "Authors", "pubdate", "pubtitle", "year", "digitalObjectIdentifier", "StoreId"])
    + "\n"
    + "\t".join([T, A, "Lind, Ada; Berg, B", "Mar 2021", "Invented J", "2021", "10.5555/pa.21", "251"])
    + "\n"
    + "\t".join([T2, "", "", "", "", "2018", "", "252"])
    + "\n",
)
# ---- BibTeX
add(
    "biblatex.bib",
    f"@article{{lind_pericytes_2021,\n\ttitle = {{{{Pericytes}} for ataxia: an open-label trial}},\n\tauthor = {{Lind, Ada and Berg, B.}},\n\tjournaltitle = {{Invented J}},\n\tdate = {{2021-03-01}},\n\tdoi = {{10.5555/pa.21}},\n\tabstract = {{{A}}},\n\tnote = {{PMID: 35111222}},\n\tfile = {{/x/y.pdf:pdf}}\n}}\n\n@article{{x,\n title = {{{T2}}}, date = {{2018}}\n}}\n",
    pmid="35111222",
)
add(
    "mendeley.bib",
    "@article{Lind2021,\nabstract = {"
    + A
    + '},\nauthor = {Lind, Ada and Berg, Bj{\\"{o}}rn},\ndoi = {10.5555/pa.21},\njournal = {Invented J},\nmendeley-groups = {a},\npmid = {35111222},\ntitle = {{'
    + T
    + "}},\nyear = {2021}\n}\n@misc{y,\ntitle = {{"
    + T2
    + "}}\n}\n",
    pmid="35111222",
)
add(
    "strings.bib",
    '% Encoding: UTF-8\n@Comment{jabref-meta: databaseType:bibtex;}\n@string{ij = "Invented J"}\n@preamble{ "\\newcommand{\\x}{y}" }\n@Article{lind,\n  author = "Ada Lind" # " and Bo Berg",\n  title = "'
    + T
    + '",\n  journal = ij,\n  year = 2021,\n  month = mar,\n  doi = {10.5555/pa.21},\n  abstract = {'
    + A
    + "},\n}\n\n@Article(paren,\n  title = {"
    + T2
    + "},\n  year = 2018\n)\n",
    author=NOT_SAID,
)
add(
    "scopus.bib",
    "\ufeff\n\nScopus\nEXPORT DATE: 1 March 2026\n\n@ARTICLE{Lind202111,\n\tauthor = {Lind, Ada and Berg, B},\n\ttitle = {"
    + T
    + "},\n\tyear = {2021},\n\tjournal = {Invented J},\n\tdoi = {10.5555/pa.21},\n\tabstract = {"
    + A
    + "},\n\ttype = {Article}\n}\n\n@ARTICLE{b,\n\ttitle = {"
    + T2
    + "}\n}\n",
)
# ---- CSL
add(
    "csl_raw.json",
    json.dumps(
        [
            {
                "id": "lind",
                "type": "article-journal",
                "title": T,
                "author": [{"family": "Lind", "given": "Ada"}],
                "issued": {"raw": "2021-03-01"},
                "DOI": "10.5555/pa.21",
                "abstract": A,
                "note": "PMID: 35111222\nPMCID: PMC9900021",
            },
            {"id": 2, "type": "book", "title": T2, "issued": {"date-parts": [["2018"]]}},
        ]
    ),
    pmid="35111222",
)
add(
    "csl_one.json",
    json.dumps(
        {
            "id": "lind",
            "type": "article-journal",
            "title": T,
            "author": [{"literal": "Lind A"}],
            "issued": "2021",
            "DOI": "https://doi.org/10.5555/pa.21",
            "abstract": f"<jats:p>{A}</jats:p>",
        }
    ),
    1,
)
add(
    "crossref.json",
    json.dumps(
        {
            "status": "ok",
            "message-type": "work",
            "message": {
                "title": [T],
                "DOI": "10.5555/pa.21",
                "type": "journal-article",
                "author": [{"given": "Ada", "family": "Lind"}],
                "issued": {"date-parts": [[2021, 3]]},
                "container-title": ["Invented J"],
                "abstract": f"<jats:p>{A}</jats:p>",
            },
        }
    ),
    1,
)
add(
    "csl_items.json",
    json.dumps(
        {
            "items": [
                {
                    "id": "lind",
                    "type": "article-journal",
                    "title": T,
                    "author": [{"family": "Lind", "given": "Ada"}],
                    "issued": {"date-parts": [[2021, 3, 1]]},
                    "DOI": "10.5555/pa.21",
                    "abstract": A,
                },
                {"id": "b", "title": T2, "type": "book"},
            ]
        }
    ),
)
# ---- nbib
add(
    "two.nbib",
    f"PMID- 35111222\nOWN - NLM\nTI  - Pericytes for ataxia: an\n      open-label trial.\nAB  - {A}\nAU  - Lind A\nDP  - 2021 Mar\nLID - 10.5555/pa.21 [doi]\nTA  - Invented J\n\nPMID- 20000001\nTI  - {T2}.\n",
    title=T + ".",
    pmid="35111222",
)
add(
    "pubmed_abs.txt",
    f"1. Invented J. 2021 Mar 1;3(2):11-19. doi: 10.5555/pa.21. Epub 2021 Feb 1.\n\n{T}.\n\nLind A(1), Berg B(2).\n\nAuthor information:\n(1)Department of Invention, Town.\n(2)Other.\n\n{A}\n\nCopyright © 2021 The Authors.\n\nDOI: 10.5555/pa.21\nPMCID: PMC9900021\nPMID: 35111222 [Indexed for MEDLINE]\n\n2. Gut J. 2018;1:1.\n\n{T2}.\n\nEk C.\n\n{A2}\n\nPMID: 20000001\n",
    title=T + ".",
    abstract="2 of 9",
    pmid="35111222",
)
# ---- RDF
add(
    "z.rdf",
    f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/"><bib:Article rdf:about="urn:1"><z:itemType>journalArticle</z:itemType><dcterms:isPartOf rdf:resource="urn:j"/><bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Lind</foaf:surname><foaf:givenName>Ada</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors><dc:title>{T}</dc:title><dcterms:abstract>{A}</dcterms:abstract><dc:date>2021-03-01</dc:date><dc:identifier>DOI 10.5555/pa.21</dc:identifier><dc:description>PMID: 35111222</dc:description></bib:Article><bib:Journal rdf:about="urn:j"><dc:title>Invented J</dc:title></bib:Journal><bib:Article rdf:about="urn:2"><z:itemType>journalArticle</z:itemType><dc:title>{T2}</dc:title></bib:Article></rdf:RDF>""",
    pmid="35111222",
)
# ---- registries
add(
    "ictrp.xml",
    f"<?xml version='1.0' encoding='UTF-8'?><Trials_downloaded_from_ICTRP><Trial><Internal_Number>1</Internal_Number><TrialID>CTRI/2021/03/031234</TrialID><Public_title>{T}</Public_title><Scientific_title>x</Scientific_title><Target_size>36</Target_size><Phase>Phase 2</Phase><Condition>Ataxia</Condition></Trial><Trial><TrialID>NCT09999991</TrialID><Public_title>{T2}</Public_title></Trial></Trials_downloaded_from_ICTRP>",
    abstract=NOT_SAID,
    year=NOT_SAID,
    doi=NOT_SAID,
    author=NOT_SAID,
)
add(
    "ctgov.ndjson",
    "\n".join(
        json.dumps(
            {
                "protocolSection": {
                    "identificationModule": {"nctId": f"NCT0999999{i}", "briefTitle": t},
                    "statusModule": {"overallStatus": "COMPLETED"},
                }
            }
        )
        for i, t in ((1, T), (2, T2))
    ),
    abstract=NOT_SAID,
    year=NOT_SAID,
    doi=NOT_SAID,
    author=NOT_SAID,
)
add(
    "ctgov.csv",
    "\n".join(
        [
            "NCT Number,Study Title,Study URL,Study Status,Brief Summary,Study Results,Conditions,Interventions,Sponsor,Enrollment,Phases",
            q(
                "NCT09999991",
                T,
                "https://clinicaltrials.gov/study/NCT09999991",
                "COMPLETED",
                A,
                "NO",
                "Ataxia",
                "cells",
                "X",
                36,
                "PHASE2",
            ),
            q("NCT09999992", T2, "", "", "", "", "", "", "", "", ""),
        ]
    ),
    abstract=NOT_SAID,
    year=NOT_SAID,
    doi=NOT_SAID,
    author=NOT_SAID,
)
add(
    "openalex.json",
    json.dumps(
        {
            "meta": {"count": 1},
            "results": [
                {
                    "id": "https://openalex.org/W1",
                    "doi": "https://doi.org/10.5555/pa.21",
                    "title": T,
                    "display_name": T,
                    "publication_year": 2021,
                    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/35111222"},
                    "authorships": [{"author": {"display_name": "Ada Lind"}}],
                }
            ],
        }
    ),
    1,
    abstract=NOT_SAID,
    author=NOT_SAID,
)
add(
    "epmc.json",
    json.dumps(
        {
            "resultList": {
                "result": [
                    {
                        "id": "35111222",
                        "source": "MED",
                        "pmid": "35111222",
                        "doi": "10.5555/pa.21",
                        "title": T,
                        "authorString": "Lind A, Berg B.",
                        "pubYear": "2021",
                        "abstractText": A,
                    }
                ]
            }
        }
    ),
    1,
)

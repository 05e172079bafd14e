"""Hand-on to R: a CSV that metafor reads, and a script that reruns the analysis from it.

One arm: ``study,xi,ni`` and any further columns. Two arms: ``study,ai,n1i,ci,n2i``. The script needs R with the packages
metafor and lme4; it prints the estimates and draws a forest plot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.pool.tables import CountsTable

ONE_ARM = ("study", "xi", "ni")
TWO_ARM = ("study", "ai", "n1i", "ci", "n2i")
# Columns that a review table may add to one arm, in this order where they are there.
DESCRIPTIVE = ("arm", "route", "source", "dose", "time", "zero_basis")

_ONE_ARM_SCRIPT = """\
# Reruns the pooled proportion from {csv} in R. Packages: metafor, lme4.
# Usage: Rscript {script} [{csv}]
suppressPackageStartupMessages(library(metafor))
file <- commandArgs(TRUE)[1]; if (is.na(file)) file <- "{csv}"
d <- read.csv(file, stringsAsFactors = FALSE)
out <- function(name, value) cat(name, format(as.numeric(value), digits = 15), "\\n")
if (sum(d$xi) == 0 || sum(d$xi) == sum(d$ni) || nrow(d) == 1 || all(d$ni == 1)) {{
  # no model can be fitted: exact interval on the sum
  b <- binom.test(sum(d$xi), sum(d$ni))
  out("estimate", b$estimate); out("low", b$conf.int[1]); out("high", b$conf.int[2])
}} else {{
  r <- tryCatch(rma.glmm(measure = "PLO", xi = xi, ni = ni, data = d, method = "ML"), error = function(e) {{
    message("lme4 found no spread between studies to fit (", conditionMessage(e), "): common effect instead")
    rma.glmm(measure = "PLO", xi = xi, ni = ni, data = d, method = "EE") }})
  out("estimate", plogis(r$beta)); out("logit", r$beta); out("tau2", r$tau2)
  # metafor gives a Wald interval here; the exported analysis has a profile-likelihood one
  out("wald_low", plogis(r$ci.lb)); out("wald_high", plogis(r$ci.ub))
}}
es <- escalc(measure = "PLO", xi = xi, ni = ni, data = d, slab = study)  # adds 1/2 at 0 and 100 %
s <- rma(yi, vi, data = es, method = "REML", test = if (nrow(d) > 1) "adhoc" else "z")
out("reml_hk_adhoc", plogis(s$beta)); out("reml_tau2", s$tau2)
pdf("{plot}", width = 9, height = 2.5 + 0.3 * nrow(d))
p <- escalc(measure = "PR", xi = xi, ni = ni, data = d, add = 0)
ci <- t(sapply(seq_len(nrow(d)), function(i) binom.test(d$xi[i], d$ni[i])$conf.int))
forest(as.numeric(p$yi), ci.lb = ci[, 1], ci.ub = ci[, 2], slab = d$study, ilab = cbind(d$xi, d$ni), ilab.xpos = c(-0.35, -0.2),
       xlim = c(-1.2, 1.6), alim = c(0, 1), psize = 1, xlab = "Proportion (exact 95 % intervals)")
invisible(dev.off())
"""

_TWO_ARM_SCRIPT = """\
# Reruns the comparison of two arms from {csv} in R. Packages: metafor, lme4.
# Usage: Rscript {script} [{csv}]
suppressPackageStartupMessages(library(metafor))
file <- commandArgs(TRUE)[1]; if (is.na(file)) file <- "{csv}"
d <- read.csv(file, stringsAsFactors = FALSE)
out <- function(name, value) cat(name, format(as.numeric(value), digits = 15), "\\n")
report <- function(name, r, f) {{
  out(paste0(name, "_estimate"), f(r$beta)); out(paste0(name, "_low"), f(r$ci.lb)); out(paste0(name, "_high"), f(r$ci.ub)) }}
try_report <- function(name, expr, f) tryCatch(suppressWarnings(report(name, expr, f)), error = function(e) message(name, ": ", conditionMessage(e)))
if (sum(d$ai) + sum(d$ci) == 0) cat("no event in any arm of any study: nothing can be compared; a difference of 0 [0, 0] below is no result\\n")
for (m in c("OR", "RR", "RD"))
  try_report(m, rma.mh(measure = m, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d), if (m == "RD") identity else exp)
try_report("Peto", rma.peto(ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d), exp)
try_report("GLMM", rma.glmm(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, model = "CM.AL"), exp)
cat("double_zero", sum(d$ai == 0 & d$ci == 0), "\\n")
es <- escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, slab = study, drop00 = TRUE)  # adds 1/2 to empty cells
if (any(is.finite(es$yi))) {{
  pdf("{plot}", width = 9, height = 2.5 + 0.3 * nrow(d))
  forest(suppressWarnings(rma(yi, vi, data = es, method = "REML")), atransf = exp)
  invisible(dev.off())
}}
"""


def csv_text(table: CountsTable) -> str:
    """The table with metafor's column names.

    Parameters
    ----------
    table : CountsTable
        Extra columns are kept: the known descriptive ones first, then the rest as they came.
    """
    names = ONE_ARM if table.arms == 1 else TWO_ARM
    extra = _extra_columns(table.extra)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*names, *extra])
    columns = [column for arm in zip(table.events, table.totals, strict=True) for column in arm]
    for index, study in enumerate(table.studies):
        writer.writerow([study, *(column[index] for column in columns), *(table.extra[name][index] for name in extra)])
    return out.getvalue()


def script_text(table: CountsTable, *, stem: str = "metafor") -> str:
    """The R script for a table whose CSV is called ``<stem>.csv``."""
    template = _ONE_ARM_SCRIPT if table.arms == 1 else _TWO_ARM_SCRIPT
    return template.format(csv=f"{stem}.csv", script=f"{stem}.R", plot=f"{stem}_forest.pdf")


def write(table: CountsTable, folder: Path, *, stem: str = "metafor") -> tuple[Path, Path]:
    """Write CSV and script.

    Parameters
    ----------
    table : CountsTable
    folder : Path
        Made where it does not exist.
    stem : str
        File name without a suffix; letters, digits, ``-`` and ``_``.

    Returns
    -------
    csv, script : Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    data, script = folder / f"{stem}.csv", folder / f"{stem}.R"
    data.write_text(csv_text(table), encoding="utf-8")
    script.write_text(script_text(table, stem=stem), encoding="utf-8")
    return data, script


def _extra_columns(extra: Mapping[str, Sequence[str]]) -> list[str]:
    known = [name for name in DESCRIPTIVE if name in extra]
    taken = {*known, *ONE_ARM, *TWO_ARM}
    return [*known, *(name for name in extra if name not in taken)]

#!/bin/bash
# The page that `basin report --format html` writes: well-formed, needs nothing from
# outside, has every claim, figure and fact, whatever characters a configuration holds.
source "$(dirname "$0")/lib.sh"

cat > configs/page.yaml <<'YAML'
experiment: retrieval
title: "A <title> & its \"quotes\""
source: "https://example.org/?a=1&b=2"
replicates: 4
patterns: {kind: polar, dimension: 100}
cues: 4
rules:
  - {label: "a < b", rule: classical, steps: 1}
sweep:
  - grid: {load: [0.03, 0.04, 0.05]}
figures:
  - {name: one, x: load, y: error}
  - {name: two, kind: bars, y: overlap, panels: [load]}
claims:
  - {id: holds, says: "few <b>errors</b> & more", measure: {statistic: mean, of: error}, expect: {at_most: 0.1}, origin: "a\nb"}
  - {id: fails, says: many errors, control: true, measure: {statistic: mean, of: error}, expect: {at_least: 0.4}}
  - {id: false, says: too many errors, measure: {statistic: mean, of: error}, expect: {at_least: 0.4}}
YAML
"$basin" run page.yaml --quiet
"$basin" new kernel --out configs/other.yaml
"$basin" run other.yaml --quiet --set draws=10
ok "writes a page" "$basin" report --format html --out report.html
ok "leaves no other file" test ! -e plots
ok "the page is well-formed, whole and alone" /usr/bin/python3 - <<'PY'
import re
import xml.etree.ElementTree as tree
text = open("report.html", encoding="utf-8").read()
root = tree.fromstring(text)
html, svg = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
link = "{http://www.w3.org/1999/xlink}href"
ids = [e.get("id") for e in root.iter() if e.get("id")]
assert len(ids) == len(set(ids)), "an id stands twice"
for e in root.iter():
    assert e.tag not in (html + "script", html + "link", html + "iframe"), e.tag
    for name in ("src", "href", link):
        value = e.get(name)
        assert value is None or value.startswith("data:image/png;base64,") or value[0] == "#" and value[1:] in ids, value
    assert not any(name.startswith("on") for name in e.keys())
assert not re.search(r"url\((?!#)|@import", text)
rows = {e.get("id"): e for e in root.iter(html + "tr") if e.get("id")}
assert set(rows) == {"page.holds", "page.fails", "page.false", "other.unbiased"}, rows
assert [rows["page." + i].get("class") for i in ("holds", "fails", "false")] == ["supported", "control", "contradicted"]
assert "few <b>errors</b> & more" in "".join(rows["page.holds"].itertext())
assert len(list(root.iter(svg + "svg"))) == 3
wide = {e.find(html + "figcaption").text: e.get("class") for e in root.iter(html + "figure")}
assert wide["one"] is None and wide["two"] == "wide", wide
words = "".join(root.itertext())
for part in ('A <title> & its "quotes"', "Conventions", "Reproducibility checklist", "OpenBLAS", "1 claim is known to be false", "What is sgn(0)?"):
    assert part in words, part
boxes = [e.get("id") for e in root.iter(html + "input")]
assert boxes == ["show-supported", "show-contradicted", "show-undecided", "show-control"], boxes
for box in boxes:
    assert f"#{box}:not(:checked)" in text and f"tr.{box[5:]}" in text
PY
rm results/page/provenance.yaml
says "without provenance it says so" 0 'is not there' sh -c "'$basin' report results/page/page.h5 --format html"
says "an unknown format" 2 'markdown, tsv or html' "$basin" report --format pdf

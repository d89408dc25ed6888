import type { AuditFinding, AuditReport } from '@lichen/sdk';
import {
  countRows,
  countsBySeverity,
  momentOf,
  placeText,
  plain,
  titleOf,
  verdictText,
} from './auditWords.ts';
import { timelinePicture } from './timelinePicture.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text for HTML, in elements and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"'`]/g, (sign) => entities[sign]!);
}

const style = `
:root{color-scheme:light dark;--ground:#f6f3ec;--surface:#fffdf8;--line:#ded8ca;--ink:#23221d;--soft:#5f5a4e;--moss:#315637;--moss-soft:#dbe7d8;--ochre:#8a5706;--ochre-soft:#f8e6bf;--rust:#973d21;--rust-soft:#f4d6ca;--sand:#cfc6b2}
@media (prefers-color-scheme:dark){:root{--ground:#141713;--surface:#1b1f1a;--line:#363c33;--ink:#e9e7de;--soft:#aaab9e;--moss:#9fc29a;--moss-soft:#2a3d2b;--ochre:#e9b957;--ochre-soft:#46360f;--rust:#e59a80;--rust-soft:#4a2518;--sand:#4b5146}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
main{max-width:1040px;margin:0 auto;padding:40px 24px 64px}
h1,h2{font-family:"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;font-weight:600;line-height:1.2;margin:0}
h1{font-size:2.1rem}h2{font-size:1.35rem;margin:44px 0 14px}
p{margin:8px 0}.soft{color:var(--soft)}
.verdict{margin:22px 0;padding:18px 22px;border-radius:12px;border:1px solid;font-size:1.15rem}
.verdict.clean{background:var(--moss-soft);border-color:var(--moss);color:var(--moss)}
.verdict.broken{background:var(--rust-soft);border-color:var(--rust);color:var(--rust)}
section.card{overflow-x:auto}section.card,.finding{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:16px 20px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:6px 22px;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:8px 14px 8px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:500;color:var(--soft);font-size:.9rem}tr:last-child td{border-bottom:0}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:18px}
code{font:.88em ui-monospace,"SF Mono",Menlo,Consolas,monospace}
.state{display:inline-block;min-width:72px;font-size:.85rem;padding:1px 8px;border-radius:999px;text-align:center;background:var(--ochre-soft);color:var(--ochre)}
.state.checked{background:var(--moss-soft);color:var(--moss)}.state.skipped{background:transparent;border:1px solid var(--line);color:var(--soft)}
.finding{margin:12px 0;border-left:5px solid var(--ochre)}.finding.fault{border-left-color:var(--rust)}
.finding h3{margin:0;font-size:1.05rem}.finding h3 span{font-size:.8rem;font-weight:500;margin-left:10px;color:var(--ochre)}
.finding.fault h3 span{color:var(--rust)}.finding dl{margin-top:10px;font-size:.93rem}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--soft)}
.intents{fill:var(--moss)}.refusals{fill:var(--sand)}.others{fill:var(--ochre);opacity:.55}.act{fill:var(--moss)}
.anchor{stroke:var(--ink);stroke-width:1.5;fill:none}.fault{fill:var(--rust)}.warning{fill:var(--ochre)}.pause{fill:var(--rust);opacity:.12}
.ground,.rule{stroke:var(--line);fill:none}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:.88rem;color:var(--soft);margin-top:8px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:7px}
.legend .a{background:var(--moss)}.legend .b{background:var(--sand)}.legend .c{background:var(--ochre);opacity:.55}.legend .d{background:var(--rust)}
footer{margin-top:48px;color:var(--soft);font-size:.9rem}
@media (max-width:640px){main{padding:24px 14px}dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:8px}table,tbody,tr,td{display:block}thead{display:none}td{padding:2px 0;border:0}tr{padding:8px 0;border-bottom:1px solid var(--line)}td.number{text-align:left}td[data-name]::before{content:attr(data-name) ": ";color:var(--soft)}}
@media print{:root{--ground:#fff;--surface:#fff}body{font-size:11pt}main{max-width:none;padding:0}.finding,section.card,tr,svg{break-inside:avoid}h2{break-after:avoid}}
`;

const row = (name: string, value: string) => `<dt>${escapeHtml(name)}</dt><dd>${value}</dd>`;
const code = (text: string) => `<code>${escapeHtml(text)}</code>`;

function findingHtml({ code: name, severity, what, where, next, got, expected }: AuditFinding): string {
  const place = placeText(where);
  return `<article class="finding ${severity}"><h3>${escapeHtml(titleOf(name))}<span>${severity === 'fault' ? 'fault' : 'to look at'}</span></h3>
<p>${escapeHtml(what)}</p><dl>${[
    ...(place === '' ? [] : [row('Where', code(place))]),
    ...(where.leafHash === undefined ? [] : [row('Decision', code(where.leafHash))]),
    ...(where.at === undefined ? [] : [row('When', escapeHtml(momentOf(where.at)))]),
    ...(got === undefined ? [] : [row('Got', code(got))]),
    ...(expected === undefined ? [] : [row('Expected', code(expected))]),
    row('Next', escapeHtml(next)),
  ].join('')}</dl></article>`;
}

/** How many findings there are of each code, where there are more than one sees at a glance. */
function overviewHtml(findings: readonly AuditFinding[]): string {
  if (findings.length < 4) return '';
  const counts = new Map<string, { readonly finding: AuditFinding; readonly count: number }>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.code}`;
    counts.set(key, { finding, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const rows = [...counts.values()].map(
    ({ finding, count }) =>
      `<tr><td>${finding.severity === 'fault' ? 'fault' : 'to look at'}</td><td>${escapeHtml(titleOf(finding.code))}</td><td class="number">${count}</td></tr>`,
  );
  return `<section class="card"><table><tbody>${rows.join('')}</tbody></table></section>`;
}

/**
 * An audit as one HTML file that needs nothing else: no script, no font, no picture from elsewhere, and a policy in it that
 * keeps a browser from any. Whatever decisions and chains contain is text here and nothing more.
 */
export function auditHtml(report: AuditReport, name = report.agent as string): string {
  const { agent, account, chainId, at, blocks, journal, checks, findings, money, isClean } = report;
  const { faults, warnings } = countsBySeverity(findings);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Audit of ${escapeHtml(name)}</title>
<style>${style}</style>
</head>
<body><main>
<p class="soft">Lichen audit, ${escapeHtml(momentOf(at))}</p>
<h1>Audit of ${escapeHtml(name)}</h1>
<div class="verdict ${isClean ? 'clean' : 'broken'}" role="status">${escapeHtml(verdictText(report))}</div>
<section class="card"><dl>
${row('Agent', code(agent))}${row('Acts for', code(account))}
${row('Chain', escapeHtml(`${chainId}, blocks ${blocks.from} to ${blocks.to}, until ${momentOf(blocks.time)}`))}
${row('Journal', `${code(journal.origin ?? 'none')}, ${journal.size} entries`)}${row('Root', code(journal.root))}
${row('On the chain', escapeHtml(journal.anchored === 0 ? 'no head of it' : `a head of ${journal.anchored} entries`))}
${row('Witnesses', escapeHtml(journal.witnessedBy.join(', ') || 'none looked at, or none'))}
</dl></section>
<h2>Over time</h2>
<section class="card">${timelinePicture(report)}
<div class="legend"><span><i class="a"></i>intents, acts</span><span><i class="b"></i>refusals</span><span><i class="c"></i>outcomes and others</span><span><i class="d"></i>faults, pauses</span></div></section>
<h2>Findings</h2>
${
  findings.length === 0
    ? '<p>Nothing was found that should not be so.</p>'
    : `<p class="soft">${faults} faults, ${warnings} to look at</p>${overviewHtml(findings)}${findings.map(findingHtml).join('\n')}`
}
<h2>Counts</h2>
<section class="card"><dl>${countRows(report)
    .map(([title, value]) => row(title, escapeHtml(value)))
    .join('')}</dl></section>
${
  money.length === 0
    ? ''
    : `<h2>Money that the agent moved</h2><section class="card"><table><thead><tr><th>Asset, in base units</th><th>By the chain</th><th>By the journal</th><th>Counted by mandates</th></tr></thead><tbody>${money
        .map(
          (line) =>
            `<tr><td>${code(line.asset)}</td><td class="number" data-name="By the chain">${escapeHtml(line.moved)}</td><td class="number" data-name="By the journal">${escapeHtml(line.claimed)}</td><td class="number" data-name="Counted by mandates">${escapeHtml(line.counted)}</td></tr>`,
        )
        .join('')}</tbody></table></section>`
}
<h2>What was looked at, and what could not be</h2>
<section class="card"><table><tbody>${checks
    .map(
      (check) =>
        `<tr><td><span class="state ${check.state}">${check.state}</span></td><td>${escapeHtml(check.name)}</td><td>${escapeHtml(check.note)}</td></tr>`,
    )
    .join('')}</tbody></table></section>
<footer><p>A clean audit says: the journal is the one that was signed, anchored and witnessed; every act of the agent on this chain was announced in it, and every announced act is accounted for. It does not say that the decisions were good, that the inputs were true, or that the node told the truth about the chain.</p></footer>
</main></body></html>
`;
}

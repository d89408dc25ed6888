import { fc, test as property } from '@fast-check/vitest';
import { auditFindingCodes } from '@lichen/sdk';
import { describe, expect, test } from 'vitest';
import { auditHtml, escapeHtml } from './auditHtml.ts';
import { sampleReport as reportWith } from './sampleReport.fixture.ts';

const tagsOf = (html: string) => html.match(/<[a-z!/][^>]*>/gi) ?? [];
const harmless = tagsOf(auditHtml(reportWith('harmless')));

describe('the page', () => {
  test('forbids everything but its own style, and asks for nothing', () => {
    const html = auditHtml(reportWith('text'));
    expect(html).toContain(
      `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'`,
    );
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style>'));
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/|\son\w+=/i);
  });

  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'/><svg/onload=alert(1)>",
    '</style><script>alert(1)</script>',
    '<!--',
    ']]><script>',
    '&lt;script&gt;',
    '<meta http-equiv=refresh content=0>',
    '`onmouseover=alert(1)`',
    'a\u0000<b\u2028>\u202egnp.exe',
  ])('hostile text is text: %j', (text) => {
    const html = auditHtml(reportWith(text), text);
    expect(tagsOf(html)).toEqual(harmless);
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });

  property.prop([fc.string({ unit: 'binary', maxLength: 200 })])('no text makes a tag', (text) => {
    expect(tagsOf(auditHtml(reportWith(text), text))).toEqual(harmless);
    expect(escapeHtml(text)).not.toMatch(/[<>"'`]/);
  });

  test('an empty audit has a page, too', () => {
    const html = auditHtml(reportWith('x', { findings: [], money: [], timeline: undefined, isClean: true }));
    expect(html).toContain('Clean: the journal and the chain tell the same story.');
    expect(html).not.toContain('<svg');
  });

  test('every code has a title', () => {
    for (const code of auditFindingCodes) {
      const html = auditHtml(
        reportWith('x', { findings: [{ code, severity: 'warning', what: 'w', where: {}, next: 'n' }] }),
      );
      expect(html).toContain('to look at');
    }
  });
});

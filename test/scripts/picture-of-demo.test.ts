import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pictureOfDemo } from '../../scripts/picture-of-demo.ts';
import { terminalPicture } from '../../scripts/terminal-picture.ts';

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the picture of the demo', () => {
  it('is drawn from the recorded run that lies beside it', () => {
    expect(docs('demo.svg')).toBe(pictureOfDemo(JSON.parse(docs('demo.json'))));
  });

  it('puts each run of text in its column, in its colour', () => {
    const svg = terminalPicture(['ab \u001b[31mc<d\u001b[39m'], { title: 'A & B', columns: 10 });
    expect(svg).toContain('<text x="20.0" y="57" fill="#e6edf3" textLength="16.8">ab</text>');
    expect(svg).toContain('<text x="45.2" y="57" fill="#ff7b72" textLength="25.2">c&lt;d</text>');
    expect(svg).toContain('<title>A &amp; B</title>');
  });

  it('draws blocks as rectangles of their height', () => {
    expect(terminalPicture(['██▄'], { title: '', columns: 3 })).toContain(
      '<rect x="20.0" y="44.0" width="16.8" height="18.0" fill="#e6edf3"/><rect x="36.8" y="53.0" width="8.4" height="9.0" fill="#e6edf3"/>',
    );
  });
});

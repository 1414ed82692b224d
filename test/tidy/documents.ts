/** The hand-written and generated documents as text, with their links and fenced blocks. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

import { ROOT, lineOf } from './project-files.ts';

export interface DocumentLink {
  readonly line: number;
  readonly text: string;
  /** As written. */
  readonly target: string;
}

export interface FencedBlock {
  readonly line: number;
  /** The words after the backticks: `ts runnable`. */
  readonly language: string;
  readonly text: string;
}

export interface MarkdownDocument {
  readonly path: string;
  readonly text: string;
  readonly links: readonly DocumentLink[];
  readonly blocks: readonly FencedBlock[];
  /** Anchors of its headings. */
  readonly anchors: ReadonlySet<string>;
}

/** The documents of the top folder, of docs/ and the READMEs below src and docker. */
export function allDocuments(): readonly MarkdownDocument[] {
  const below = (folder: string, recursive: boolean): readonly string[] =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
          .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
          .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      : [];
  return ['.', 'docs', 'src', 'docker', 'examples', 'bench', 'test']
    .flatMap((folder) => below(folder, folder !== '.'))
    .map(readDocument);
}

function readDocument(path: string): MarkdownDocument {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const blocks = [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: lineOf(text, match.index),
    language: (match[1] ?? '').trim(),
    text: match[2] ?? '',
  }));
  const prose = text.replaceAll(/^```[^\n]*\n[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ' '));
  const links = [...prose.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map((match) => ({
    line: lineOf(prose, match.index),
    text: match[1] ?? '',
    target: match[2] ?? '',
  }));
  const anchors = new Set([...prose.matchAll(/^#+\s+(.*)$/gm)].map((match) => anchorOf(match[1] ?? '')));
  return { path, text, links, blocks, anchors };
}

/** The anchor GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

// Ask TypeScript and @slack/types what they think of blocks.
//
//   node check_types.mjs FOLDER < cards.jsonl
//
// FOLDER has `node_modules` with @slack/types and typescript in it; the constants are written there too.
// Each line of the input is {"id": …, "blocks": […]}. What is refused is printed, one object a line:
// {"id", "block" (its index), "message"}. Ends with 0 if nothing was refused, 1 if something was, and 2 if the
// question could not be asked (nothing to read, no compiler), so that a run over nothing cannot pass.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PREAMBLE = [
  'import type { KnownBlock } from "@slack/types";',
  "function block(_value: KnownBlock): void {}",
];
const OPTIONS = [
  "--noEmit",
  "--strict",
  "--skipLibCheck",
  "--pretty",
  "false",
  "--target",
  "es2022",
  "--module",
  "nodenext",
  "--moduleResolution",
  "nodenext",
  "--types",
  "",
];

function stop(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

function readCards() {
  const lines = readFileSync(0, "utf8").split("\n").filter((line) => line.trim());
  if (lines.length === 0) stop("nothing to check: no lines on standard input");
  return lines.map((line, index) => {
    let card;
    try {
      card = JSON.parse(line);
    } catch {
      stop(`line ${index + 1} is not JSON`);
    }
    if (!Array.isArray(card.blocks) || card.blocks.length === 0) stop(`line ${index + 1} has no blocks`);
    return card;
  });
}

// One line of TypeScript per distinct block: an error's line number then says which block it is about.
function writeConstants(file, cards) {
  const places = new Map();
  for (const card of cards) {
    card.blocks.forEach((block, index) => {
      const text = JSON.stringify(block);
      if (!places.has(text)) places.set(text, []);
      places.get(text).push({ id: card.id, block: index });
    });
  }
  const lines = [...places.keys()].map((text) => `block(${text});`);
  writeFileSync(file, [...PREAMBLE, ...lines, ""].join("\n"));
  return [...places.values()];
}

function compile(folder, file) {
  const compiler = join(folder, "node_modules", "typescript", "bin", "tsc");
  const run = spawnSync(process.execPath, [compiler, ...OPTIONS, file], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.error || run.status === null) stop(`the compiler did not run: ${run.error ?? run.signal}`);
  return run;
}

const folder = process.argv[2];
if (!folder) stop("say in which folder node_modules is");
const file = join(folder, "constants.mts");
const places = writeConstants(file, readCards());
const run = compile(folder, file);
const refused = new Map();
for (const line of run.stdout.split("\n")) {
  const found = /constants\.mts\((\d+),\d+\): error (TS\d+: .*)/.exec(line);
  if (!found) continue;
  const place = places[Number(found[1]) - 1 - PREAMBLE.length];
  if (!place) stop(`the compiler refused our own lines: ${line}`);
  if (!refused.has(place)) refused.set(place, found[2]);
}
if (run.status !== 0 && refused.size === 0) stop(`the compiler failed: ${run.stdout}${run.stderr}`);
for (const [place, message] of refused) {
  for (const { id, block } of place) process.stdout.write(`${JSON.stringify({ id, block, message })}\n`);
}
process.exitCode = refused.size > 0 ? 1 : 0;

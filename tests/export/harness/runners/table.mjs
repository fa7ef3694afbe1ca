// A model that answers from a table: chat messages, as they arrive, to answers.
import fs from 'node:fs';
import path from 'node:path';
import url from 'node:url';

const here = path.dirname(url.fileURLToPath(import.meta.url));
const known = new Map(Object.entries(JSON.parse(fs.readFileSync(path.join(here, 'table.json'), 'utf8'))));

function key(messages) {
  const parts = messages.map((m) => `{"content": ${ascii(m.content)}, "role": ${ascii(m.role)}}`);
  return `[${parts.join(', ')}]`;
}

function ascii(text) {  // as Python's json.dumps writes it
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export default class Table {
  id() {
    return 'table';
  }

  async callApi(prompt) {
    return { output: known.get(key(JSON.parse(prompt))) ?? `no answer is known to ${prompt}` };
  }
}

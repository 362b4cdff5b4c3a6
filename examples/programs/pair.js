#!/usr/bin/env node
// Both sides of ipcbench, over the channel of child_process: -t exec-pair:examples/programs/pair.js (docs/programs.md).
const { execFileSync, fork } = require('child_process');
const fs = require('fs');
const now = () => Number(process.hrtime.bigint());
const say = (kind, value) => fs.writeSync(4, `${JSON.stringify({ [kind]: value })}\n`);

async function run(go, child, message, echo) {
  const receive = () => new Promise((resolve) => child.once('message', resolve));
  const send = (text) => new Promise((resolve) => child.send(text, resolve));
  const times = [], start = now();
  let end = start;
  while (times.length < go.messages && end < start + go.duration_ns) {
    const back = echo ? receive() : message;
    await send(message);
    if (await back !== message) throw new Error('it came back changed');
    times.push(now() - end);
    end += times[times.length - 1];
  }
  if (!echo) {
    // when this one is back, all of them have been read
    await Promise.all([receive(), send('')]);
    end = now();
  }
  say('result', { messages: times.length, elapsed_ns: end - start });
  for (let i = 0; echo && i < times.length; i += 10000) say('times', times.slice(i, i + 10000));
}

async function main() {
  let child, config;
  say('hello', { protocol: 1, name: 'child_process' });
  for await (const line of require('readline').createInterface({ input: fs.createReadStream(null, { fd: 3 }) })) {
    const order = JSON.parse(line);
    if (order.go) {
      await run(order.go, child, 'x'.repeat(config.size), config.mode === 'latency');
      continue;
    }
    config = order.config;
    child = fork(__filename, [config.mode]);
    [process.pid, child.pid].forEach((pid, i) => config.cpus[i] >= 0 && execFileSync('taskset', ['-apc', config.cpus[i], pid]));
    say('ready', {});
  }
  child.disconnect();
}

if (process.send) process.on('message', (text) => (process.argv[2] === 'latency' || !text) && process.send(text));
else main();

#!/usr/bin/env node
// A side of ipcbench: -t exec:examples/programs/echo.js (docs/programs.md); not via=unix-seqpacket, which Node does not know.
const net = require('net');

const size = Number(process.env.IPCBENCH_SIZE);
const pipes = process.env.IPCBENCH_VIA === 'pipe';
const input = new net.Socket({ fd: 3, readable: true, writable: !pipes, allowHalfOpen: true });
const output = pipes ? new net.Socket({ fd: 4, readable: false, writable: true }) : input;
const wait = [];
let count = 0;

input.on('data', process.env.IPCBENCH_MODE === 'echo' ? echo : (part) => { count += part.length; });
input.on('end', () => output.end(process.env.IPCBENCH_MODE === 'echo' ? '' : `${count}\n`));

// A message may come in parts; all of them are read before they are sent back.
function echo(part) {
  wait.push(part);
  count += part.length;
  if (count === size) {
    output.write(wait.length === 1 ? part : Buffer.concat(wait));
    wait.length = count = 0;
  }
}

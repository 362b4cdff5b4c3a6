#!/bin/sh
# A side of ipcbench: -t exec:examples/programs/echo.sh (docs/programs.md). cat sends back what it has before it has read
# all of a message, and wc reads parts of packets: not for messages that fill a pipe, nor for via=unix-seqpacket.
case $IPCBENCH_MODE in
echo) exec cat <&3 >&4 ;;
drain) exec wc -c <&3 >&4 ;;
esac

// A side of ipcbench: go build echo.go; ipcbench -t exec:./echo (docs/programs.md); not via=pipe, which is no network.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

func main() {
	conn, err := net.FileConn(os.NewFile(3, "socket"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	size, _ := strconv.Atoi(os.Getenv("IPCBENCH_SIZE"))
	if os.Getenv("IPCBENCH_MODE") == "echo" {
		message := make([]byte, size)
		for {
			if _, err := io.ReadFull(conn, message); err != nil {
				return
			}
			if _, err := conn.Write(message); err != nil {
				return
			}
		}
	}
	count, _ := io.Copy(struct{ io.Writer }{io.Discard}, conn)
	fmt.Fprintln(conn, count)
}

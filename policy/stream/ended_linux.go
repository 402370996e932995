package stream

import (
	"net"

	"golang.org/x/sys/unix"
)

// drained reports whether the other side had received every byte that we sent
// when it ended the connection, where that can be known. A process that ends
// with bytes unread resets the connection instead.
func drained(c *net.TCPConn) (yes, known bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return false, true
	}
	queue, failed := 1, 1
	err = raw.Control(func(fd uintptr) {
		if queue, err = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ); err != nil {
			queue = 1
		}
		if failed, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil {
			failed = 1
		}
	})
	return err == nil && queue == 0 && failed == 0, true
}

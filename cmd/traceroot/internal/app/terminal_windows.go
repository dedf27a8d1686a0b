package app

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsColor switches on what older consoles of Windows have switched off.
func understandsColor(console *os.File) bool {
	var mode uint32
	handle := windows.Handle(console.Fd())
	return windows.GetConsoleMode(handle, &mode) == nil &&
		windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

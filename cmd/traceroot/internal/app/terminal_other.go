//go:build !windows

package app

import "os"

func understandsColor(*os.File) bool { return true }

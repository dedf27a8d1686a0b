// None greets, and is what a program weighs without tracing.
package main

import (
	"fmt"
	"os"
)

func main() { fmt.Fprintln(os.Stdout, greet("world")) }

func greet(name string) string { return "hello, " + name }

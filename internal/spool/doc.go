// Package spool keeps batches of encoded spans on disk until they are delivered, across crashes of the process and of the
// machine.
//
// A [Spool] is a queue: [Spool.Append] adds a batch at the end and returns once it is synced, [Spool.Next] and [Spool.Remove]
// take batches from the front. What Append has acknowledged is given out again, in order, by the next process that opens the
// same folder, until Remove has taken it off; only a batch whose Remove was cut short by a crash is given out twice. A half
// written end is cut off, a damaged batch is skipped and counted: neither keeps anybody from the batches around it.
//
// Below the folder there is one folder for each destination, below it one place for each process that is alive, which holds
// a lock file and segments:
//
//	dir/<destination>/<n>/lock
//	dir/<destination>/<n>/<time of its creation in hexadecimal>.spool1
//
// Any number of processes may share the folder, each with the bound of its own; none ever waits for another. A process that
// opens a spool takes over what those that died before have left.
//
// The folder must be the program's own: whoever can write to it can make the program send what they like. The package does
// not know what is in a batch, neither encrypts nor compresses it, sends nothing, logs nothing and starts no goroutine.
package spool

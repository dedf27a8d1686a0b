// Package client is how the command line speaks to a server. It finds the one that was asked for, or the one that runs on
// the data folder, or has one started for as long as the command takes, and turns the answers of its HTTP API into Go
// values.
//
// It opens no database, starts nothing by itself and prints nothing.
package client

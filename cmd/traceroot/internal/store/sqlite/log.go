package sqlite

import "log/slog"

func errorAttr(err error) slog.Attr { return slog.String("error", err.Error()) }

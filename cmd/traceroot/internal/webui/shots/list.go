package main

import "fmt"

// shot is one picture.
type shot struct {
	screen, path  string
	theme         string
	width, height int64
}

func (s shot) file() string { return fmt.Sprintf("%s-%s-%d.png", s.screen, s.theme, s.width) }

// shotsOf are all pictures; failed is the trace with the most to see, and good the one that it is compared with.
func shotsOf(failed, good string) []shot {
	var all []shot
	for _, screen := range []struct{ name, path string }{
		{"traces", "/traces"},
		{"trace", "/t/" + failed},
		{"sessions", "/sessions"},
		{"session", "/s/sess_2291?turn=2"},
		{"dashboard", "/dashboard"},
		{"compare", "/compare?a=" + good + "&b=" + failed},
		{"connect", "/connect"},
	} {
		for _, theme := range []string{"dark", "light"} {
			all = append(all, shot{screen.name, screen.path, theme, 1440, 900}, shot{screen.name, screen.path, theme, 390, 844})
		}
	}
	return all
}

func shotOfReadme(failed string) shot { return shot{"trace", "/t/" + failed, "dark", 1440, 900} }

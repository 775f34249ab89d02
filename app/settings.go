package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"kartyar/desk/manifest"
	"kartyar/settings"
)

// readSettings reads the operator's file of settings, if one is named. What is
// wrong with it is a sentence each, with its line.
func readSettings(path string) (s *settings.Settings, problems []string) {
	if path == "" {
		return &settings.Settings{}, nil
	}
	text, err := readRegular(path, settings.Limit)
	if err != nil {
		return nil, []string{fmt.Sprintf("SETTINGS names a file that cannot be read: %v", plainPathError(err))}
	}
	s, err = settings.Parse(text, manifest.OwnWords())
	var wrong *settings.Error
	if errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			problems = append(problems, fmt.Sprintf("SETTINGS: %s, line %d: %s", path, p.Line, p.Says))
		}
	}
	return s, problems
}

// reload is how a running server is told to read its settings again.
type reload struct {
	path   string
	hangup <-chan os.Signal
}

// reloadSettings reads the settings again at each hangup. Wrong ones are said
// and change nothing; good ones hold for what is said and taken in from then
// on.
func (s *server) reloadSettings(ctx context.Context) error {
	for {
		select {
		case <-s.reload.hangup:
		case <-ctx.Done():
			return nil
		}
		if s.reload.path == "" {
			s.log.Info().Msg("SETTINGS names no file, so there is nothing to read again")
			continue
		}
		anew, problems := readSettings(s.reload.path)
		for _, problem := range problems {
			s.log.Error().Str("problem", problem).Msg("the settings are wrong; what held before goes on holding")
		}
		if len(problems) > 0 {
			continue
		}
		s.service.settings.Store(anew)
		s.log.Info().Str("file", s.reload.path).Int("words", len(anew.Words)).Int("provinces", len(anew.Provinces())).
			Msg("the settings were read again and hold from now on")
		s.warnOfProvinces()
	}
}

// warnOfProvinces tells the operator of provinces in the settings in which the
// directory has no office: what stands there holds nowhere.
func (s *server) warnOfProvinces() {
	unknown := s.service.settings.Load().Unknown(s.service.offices.Directory().Provinces())
	slices.Sort(unknown)
	for _, name := range unknown {
		s.log.Warn().Str("province", name).Msg("the settings speak of a province in which the directory has no office")
	}
}

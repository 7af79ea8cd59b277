package server

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"
)

type runList struct {
	Runs []IngestRun `json:"runs"`
}

// startedIngest says where the runs that were started will be listed.
type startedIngest struct {
	Runs string `json:"runs"` // address
}

func (s *Server) apiRuns(c *fiber.Ctx) error {
	limit, err := parseCount(values(c), "limit", 50, 500)
	if err != nil {
		return err
	}
	out := runList{Runs: []IngestRun{}}
	if s.cfg.Ingests != nil {
		if out.Runs, err = s.cfg.Ingests.Runs(c.UserContext(), limit); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.answer(c, out)
}

// apiIngest starts a run. Its body may name sources: {"sources": ["epoch-benchmarks"]}; all of them without.
func (s *Server) apiIngest(c *fiber.Ctx) error {
	if err := s.authorise(c, scopeIngest); err != nil {
		return err
	}
	if s.cfg.Ingests == nil {
		return fiber.NewError(fiber.StatusNotImplemented, "this server does not ingest")
	}
	var body struct {
		Sources []string `json:"sources"`
	}
	if len(c.BodyRaw()) > 0 {
		if err := json.Unmarshal(c.BodyRaw(), &body); err != nil {
			return badParameter("body", "", "JSON이어야 합니다.", "JSON is needed")
		}
	}
	names := make([]string, len(body.Sources))
	for i, name := range body.Sources {
		names[i] = strings.Clone(name)
	}
	err := s.cfg.Ingests.Start(c.UserContext(), names)
	if errors.Is(err, ErrIngestRunning) {
		return fiber.NewError(fiber.StatusConflict, ErrIngestRunning.Error())
	}
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusAccepted).JSON(startedIngest{Runs: "/api/v1/ingest/runs"})
}

package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
)

func (s *Server) apiMetrics(c *fiber.Ctx) error {
	catalogue, err := s.engine.Metrics(c.UserContext())
	if err != nil {
		return err
	}
	return s.answer(c, catalogue)
}

func (s *Server) apiSubjects(c *fiber.Ctx) error {
	subjects, err := s.engine.Subjects(c.UserContext(), strings.Clone(c.Query("kind")))
	if err != nil {
		return err
	}
	return s.answer(c, subjects)
}

func (s *Server) apiSubject(c *fiber.Ctx) error {
	asOf, err := query.ParseFilter(values(c))
	if err != nil {
		return err
	}
	subject, err := s.engine.Subject(c.UserContext(), strings.Clone(c.Params("id")), asOf.AsOf)
	if err != nil {
		return err
	}
	return s.answer(c, subject)
}

func (s *Server) apiSeries(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.metricChart(c)
	}
	f, err := query.ParseFilter(values(c))
	if err != nil {
		return err
	}
	series, err := s.engine.Series(c.UserContext(), f)
	if err != nil {
		return err
	}
	return s.answer(c, series)
}

func (s *Server) apiFrontier(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.metricChart(c)
	}
	f, err := query.ParseFilter(values(c))
	if err != nil {
		return err
	}
	frontier, err := s.engine.Frontier(c.UserContext(), f)
	if err != nil {
		return err
	}
	return s.answer(c, frontier)
}

func (s *Server) apiTrend(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.metricChart(c)
	}
	p, err := query.ParseTrend(values(c))
	if err != nil {
		return err
	}
	trend, err := s.engine.Trend(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, trend)
}

func (s *Server) apiForecast(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.metricChart(c)
	}
	p, err := query.ParseForecast(values(c))
	if err != nil {
		return err
	}
	forecast, err := s.engine.Forecast(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, forecast)
}

func (s *Server) apiForecasts(c *fiber.Ctx) error {
	scores, err := s.forecastScores(c)
	if err != nil {
		return err
	}
	return s.answer(c, scores)
}

// forecastScores asks how kept forecasts fared. The answer is not kept, so it is computed in turn.
func (s *Server) forecastScores(c *fiber.Ctx) (query.ForecastScores, error) {
	p, err := query.ParseScores(values(c))
	if err != nil {
		return query.ForecastScores{}, err
	}
	leave, err := s.turns.enter(c.UserContext())
	if err != nil {
		return query.ForecastScores{}, err
	}
	defer leave()
	return s.engine.ForecastScores(c.UserContext(), p)
}

func (s *Server) apiProgress(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.pageProgress(c)
	}
	p, err := query.ParseProgress(values(c))
	if err != nil {
		return err
	}
	progress, err := s.engine.Progress(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, progress)
}

func (s *Server) apiPriceToReach(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.pagePrice(c)
	}
	p, err := query.ParsePrice(values(c))
	if err != nil {
		return err
	}
	price, err := s.engine.PriceToReach(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, price)
}

func (s *Server) apiComputeOptimal(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.pageOptimal(c)
	}
	p, err := query.ParseOptimal(values(c))
	if err != nil {
		return err
	}
	optimal, err := s.engine.ComputeOptimal(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, optimal)
}

func (s *Server) apiLag(c *fiber.Ctx) error {
	p, err := query.ParseLag(values(c))
	if err != nil {
		return err
	}
	lag, err := s.engine.Lag(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, lag)
}

func (s *Server) apiCompare(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.pageCompare(c)
	}
	p, err := query.ParseCompare(values(c))
	if err != nil {
		return err
	}
	comparison, err := s.engine.Compare(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, comparison)
}

func (s *Server) apiCapabilityIndex(c *fiber.Ctx) error {
	if wantsChart(c) {
		return s.pageCapability(c)
	}
	p, err := query.ParseCapabilityIndex(values(c))
	if err != nil {
		return err
	}
	index, err := s.engine.CapabilityIndex(c.UserContext(), p)
	if err != nil {
		return err
	}
	return s.answer(c, index)
}

func (s *Server) apiChanges(c *fiber.Ctx) error {
	p, err := query.ParseChanges(values(c))
	if err != nil {
		return err
	}
	changes, err := s.engine.Changes(c.UserContext(), p)
	if err != nil {
		return err
	}
	found := p.Offset + len(changes.Changes)
	if changes.More {
		found++
		c.Request().URI().QueryArgs().Set("until", pagedUntil(p, changes))
	}
	linkPages(c, found, p.Limit, p.Offset)
	return s.answer(c, changes)
}

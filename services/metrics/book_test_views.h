// Views of feeds and what stands in them, for the tests of the book.
#ifndef QUOTACAST_SERVICES_METRICS_BOOK_TEST_VIEWS_H_
#define QUOTACAST_SERVICES_METRICS_BOOK_TEST_VIEWS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {

inline const absl::CivilDay kToday(2018, 6, 1);

inline std::shared_ptr<const BookView> ViewAt(const TestFeed& feed, const AsOfRequest& as_of = {}) {
  Book book;
  feed.Fill(book);
  auto view = book.At(as_of, kToday);
  EXPECT_TRUE(view.ok()) << view.status();
  return view.ok() ? *view : nullptr;
}

inline const BookOpportunity* Find(const BookView& view, const std::string& id) {
  for (const BookOpportunity& deal : view.opportunities) {
    if (deal.id == id) return &deal;
  }
  return nullptr;
}

inline std::vector<std::pair<std::string, absl::CivilDay>> VisitsOf(const BookView& view,
                                                                    const std::string& id) {
  std::vector<std::pair<std::string, absl::CivilDay>> visits;
  for (const StageVisit& visit : Find(view, id)->visits) {
    visits.push_back({view.stages[static_cast<size_t>(visit.stage)].id, visit.entered_day});
  }
  return visits;
}

inline AsOfRequest On(absl::CivilDay day) { return {.effective_day = day}; }

inline absl::Time At(absl::CivilDay day, int hour) {
  return StartOfDayUtc(day) + absl::Hours(hour);
}

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_BOOK_TEST_VIEWS_H_

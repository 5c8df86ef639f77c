#include "services/metrics/kpi/kpi_test_support.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book.h"

namespace quotacast::metrics {

std::shared_ptr<const BookView> ViewOn(const TestFeed& feed, absl::CivilDay day) {
  Book book;
  feed.Fill(book);
  absl::StatusOr<std::shared_ptr<const BookView>> view =
      book.At({.effective_day = day}, absl::CivilDay(2030, 1, 1));
  EXPECT_TRUE(view.ok()) << view.status();
  return view.ok() ? *view : nullptr;
}

metrics::v1::KpiTable Ask(const TestFeed& feed, absl::CivilDay day, const KpiTableQuery& query) {
  const KpiRegistry registry;
  absl::StatusOr<metrics::v1::KpiTable> table = registry.Query(*ViewOn(feed, day), query);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : metrics::v1::KpiTable();
}

std::string Cell(const metrics::v1::KpiTable& table, const std::string& group) {
  for (const metrics::v1::KpiRow& row : table.rows()) {
    if (row.group() != group) continue;
    if (row.has_undefined_reason()) return absl::StrCat("undefined: ", row.undefined_reason());
    return absl::StrCat(row.value(), " = ", row.numerator(), "/", row.denominator(),
                        " (n=", row.sample_size(), ")");
  }
  return "missing";
}

bool HasNote(const metrics::v1::KpiTable& table, const std::string& text) {
  for (const std::string& note : table.notes()) {
    if (note.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace quotacast::metrics

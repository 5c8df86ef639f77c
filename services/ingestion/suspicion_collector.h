// Collects, row by row, the statistics that the rules of suspicions.h judge at the end.
#ifndef QUOTACAST_SERVICES_INGESTION_SUSPICION_COLLECTOR_H_
#define QUOTACAST_SERVICES_INGESTION_SUSPICION_COLLECTOR_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/row_values.h"
#include "services/ingestion/suspicions.h"

namespace quotacast::ingestion {

// What is kept of one import; what comes beyond is not judged.
inline constexpr size_t kMaxQuotaRows = 100'000;
inline constexpr size_t kMaxDayCounts = 200;  // Kinds of changes, over all files.

// Not thread-safe; `profile` outlives it. Memory: the quotas, and for other rows counters per day
// and per column.
class SuspicionCollector {
 public:
  SuspicionCollector(const ImportProfile& profile, absl::CivilDay today)
      : profile_(profile), rules_{"", today} {}

  // Any row with the header's columns, whether it is taken afterwards or left out: dates that no
  // month fits are left out, and are the evidence.
  void TakeRow(const FileRule& rule, const MappedRow& row);

  // All suspicions: by reason, then file, then as their rule orders them.
  std::vector<v1::Suspicion> Judge(const ImportReport& report) const;

 private:
  void TakeDateForms(const FileRule& rule, const MappedRow& row);
  void TakeDay(const MappedRow& row, std::string_view date_field, std::string_view kind_field);
  void TakeOrder(const MappedRow& row, std::string_view earlier, std::string_view later);
  void TakeQuota(const MappedRow& row);

  const ImportProfile& profile_;
  RowRules rules_;
  std::vector<QuotaRow> quotas_;
  std::map<std::tuple<std::string, std::string, std::string>, DayCounts> days_;
  std::map<std::tuple<std::string, std::string, std::string>, OrderedDates> orders_;
  // By file and column; of a column with several rules the first one looks at it.
  std::map<std::pair<std::string, std::string>, std::pair<const FileRule*, DateForms>> forms_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SUSPICION_COLLECTOR_H_

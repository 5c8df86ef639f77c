#include "clients/cli/data_dir_session.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "services/quotacastd/suite.h"
#include "services/serving/logger.h"

namespace quotacast::cli {

absl::StatusOr<Session> OpenDataDir(const DataDirOptions& options) {
  quotacastd::SuiteOptions suite_options;
  suite_options.data_dir = options.data_dir;
  suite_options.log_level = options.verbose ? serving::LogLevel::kInfo : serving::LogLevel::kError;
  QC_ASSIGN_OR_RETURN(std::unique_ptr<quotacastd::Suite> started,
                      quotacastd::Suite::Start(suite_options));
  const std::shared_ptr<quotacastd::Suite> suite = std::move(started);
  return Session{suite, suite->channel()};
}

}  // namespace quotacast::cli

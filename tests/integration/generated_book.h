// The generator's company in a book, event by event.
#ifndef QUOTACAST_TESTS_INTEGRATION_GENERATED_BOOK_H_
#define QUOTACAST_TESTS_INTEGRATION_GENERATED_BOOK_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book.h"
#include "tools/gen/options.h"

namespace quotacast {

// Appends every event as recorded when it happened, in the order of the generator, after telling
// `on_event` of it. Returns how many there were; stops at one the book refuses.
absl::StatusOr<int64_t> AppendCompany(
    const gen::CompanyOptions& options,
    const std::function<void(const ingestion::v1::NewEvent&)>& on_event, metrics::Book& book);

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_GENERATED_BOOK_H_

// The way from the book to the simulator and to the wire: a view becomes a history to fit on, a
// fitted model becomes its message with its hash, a view becomes the state of the pipeline.
#ifndef QUOTACAST_SERVICES_METRICS_CONVERTERS_H_
#define QUOTACAST_SERVICES_METRICS_CONVERTERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/fiscal_calendar.h"
#include "google/protobuf/message.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/metrics/book_view.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::metrics {

// Currency of a workspace that has no amount at all.
inline constexpr char kDefaultCurrency[] = "USD";

// Deals, leads or customers in one message of a streamed state.
inline constexpr size_t kStateItemsPerMessage = 10'000;

type::v1::AsOf ToProtoAsOf(const ResolvedAsOf& as_of);

// Positions in view.stages of the open stages a model has, in order: from the first one that any
// deal was ever in, so that a stage only of undated deals is none. At least one.
std::vector<int> ModelStages(const BookView& view);

// Reps, teams and segments keep their positions. Visits to open stages only; a deal that was
// closed and reopened is one that was open all along. What lies after the as-of day (a known
// start or end of a job) is cut to it, as the fit looks back only.
simulator::History ToHistory(const BookView& view);

// The message of a fitted model, its estimates included, with hash and name: the hash is the
// SHA-256 of the deterministic serialisation of the message without these two, so it covers the
// as-of as well.
metrics::v1::PipelineModel ToProtoModel(const simulator::FittedPipeline& fitted,
                                        const BookView& view, std::string_view workspace);

// The state of the pipeline at the end of the view's as-of day: header and deals, in order of
// id. `periods` are contiguous, the first contains the day after the as-of day.
struct PipelineStateMessages {
  metrics::v1::PipelineStateHeader header;
  std::vector<metrics::v1::StateOpenDeal> deals;
  std::vector<metrics::v1::StateOpenLead> leads;      // In order of id.
  std::vector<metrics::v1::StateCustomer> customers;  // In order of the won deal's id.
};
// OUT_OF_RANGE (MONEY_OVERFLOW) when bookings do not fit.
absl::StatusOr<PipelineStateMessages> ToProtoState(const BookView& view,
                                                   const std::vector<FiscalPeriod>& periods);

// Serialisation with a fixed order of everything: equal messages give equal bytes.
std::string DeterministicBytes(const google::protobuf::Message& message);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_CONVERTERS_H_

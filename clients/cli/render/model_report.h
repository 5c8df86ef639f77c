// A fitted model for people: what the history says of each parameter, how surely, on how much.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_MODEL_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_MODEL_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"

namespace quotacast::cli {

// Title, what the model rests on, then a table per kind of parameter under plain headings. Rows of
// single reps only when asked: there may be hundreds. Parameters this program does not know are
// shown under their own names.
std::string ModelReport(const metrics::v1::PipelineModel& model, bool with_reps,
                        const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_MODEL_REPORT_H_

// What is said of a deal in both forms of the history, the export and the events, so that they
// describe one company.
#ifndef QUOTACAST_TOOLS_GEN_WORDS_H_
#define QUOTACAST_TOOLS_GEN_WORDS_H_

#include "absl/time/civil_time.h"
#include "tools/gen/company.h"
#include "tools/gen/deals.h"
#include "tools/gen/history.h"

namespace quotacast::gen {

inline constexpr char kDeletionReason[] = "entered by mistake";

// More to somebody who is a customer already is an expansion, wherever the deal came from.
Motion MotionOf(const Deal& deal, const Ledger& ledger);
const char* SourceOf(const Deal& deal);      // "web", "prospecting", "customer".
const char* ProblemOf(const Deal& deal);     // The customer's, as the rep wrote it down, or "".
const char* CompetitorOf(const Deal& deal);  // Who won instead.

const char* MotionWord(Motion motion);        // "new", "expansion", "renewal".
const char* FieldWord(Field field);           // "amount", "expected_close_date", "rep_id", ...
const char* CategoryWord(Category category);  // "pipeline", "best_case", "commit".

// The day on which a quota was given out.
absl::CivilDay QuotaDay(const Company& company, const Quota& quota);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_WORDS_H_

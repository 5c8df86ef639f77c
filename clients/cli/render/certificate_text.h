// What an answer rests on, in three lines, and what a reader should keep in mind.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_CERTIFICATE_TEXT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_CERTIFICATE_TEXT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "quotacast/type/v1/distribution.pb.h"

namespace quotacast::cli {

// Data, model and run. `headline` is the probability whose two errors the run line tells apart;
// null leaves them out.
std::string CertificateText(const type::v1::Certificate& certificate,
                            const type::v1::Estimate* headline, const Terminal& terminal);

// "note: ..." per warning, wrapped.
std::string WarningsText(const type::v1::Certificate& certificate, const Terminal& terminal);

// "as of 30 Sep 2017".
std::string AsOfText(const type::v1::AsOf& as_of);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_CERTIFICATE_TEXT_H_

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/menu.css";
import "./styles/buttons.css";
import "./styles/forms.css";
import "./styles/cards.css";
import "./styles/scales.css";
import "./styles/chat.css";
import "./styles/answers.css";
import "./styles/judging.css";
import "./styles/judging-tools.css";
import "./styles/judging-scales.css";
import "./styles/judging-kinds.css";
import "./styles/judging-spans.css";
import "./styles/interview.css";
import "./styles/values.css";
import "./styles/values-standing.css";

import "./elements/mv-menu";
import "./elements/mv-vas";
import "./elements/mv-rank";
import "./elements/mv-judge";
import "./elements/mv-form";
import "./elements/mv-copy";
import "./elements/mv-redirect";
import "./elements/mv-conversation";
import "./elements/mv-interview";
import "./elements/mv-wait";

import { countFields } from "./form/count";

countFields(document);

// A page that answers a form is reached again by reading, not by sending: reload and Back ask nothing.
history.replaceState(history.state, "", location.href);

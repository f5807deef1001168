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
import "./styles/judging-scales.css";
import "./styles/judging-kinds.css";
import "./styles/interview.css";

import "./elements/mv-menu";
import "./elements/mv-vas";
import "./elements/mv-rank";
import "./elements/mv-judge";
import "./elements/mv-form";
import "./elements/mv-copy";
import "./elements/mv-redirect";
import "./elements/mv-conversation";
import "./elements/mv-interview";
import { clock } from "./texts";

// The server writes UTC; the person reads their own clock.
const saved = document.querySelector<HTMLTimeElement>("#save-state time");
if (saved) saved.textContent = clock(new Date(saved.dateTime));

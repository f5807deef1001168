/** The entry of the staff pages: styles, and the element the page has. */

import "./staff.css";
import "./reports.css";

if (document.querySelector("mv-study-editor")) void import("./study-editor");
if (document.querySelector("mv-monitor")) void import("./monitor");
if (document.querySelector("mv-copy")) void import("../elements/mv-copy");

/** The entry of the staff pages: styles, and the element the page has. */

import "./staff.css";
import "./reports.css";
import "./values.css";
import "../graph/graph.css";

if (document.querySelector("mv-study-editor")) void import("./study-editor");
if (document.querySelector("mv-monitor")) void import("./monitor");
if (document.querySelector("mv-fresh")) void import("./mv-fresh");
if (document.querySelector("mv-copy")) void import("../elements/mv-copy");
if (document.querySelector("mv-graph")) void import("../graph/mv-graph");
